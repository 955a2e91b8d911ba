import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sourceFolder = 'packages/snapshot-core/src/kernels/assembly';
const generatedFile = 'packages/snapshot-core/src/kernels/generated/kernel-code.ts';
const options = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd', '--enable', 'bulk-memory', '--importMemory'];
const lineLength = 160;

/** Compiles the AssemblyScript sources. The same sources always give the same bytes. @throws {Error} with what the compiler printed */
function compileKernels(root: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'winre-kit-kernels-'));
  try {
    const code = join(folder, 'kernels.wasm');
    const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const child = spawnSync(process.execPath, [compiler, 'index.as.ts', '--outFile', code, ...options], { cwd: join(root, sourceFolder), encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`asc: ${child.error?.message ?? child.stdout + child.stderr}`);
    return readFileSync(code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The module that carries the code. Pure. */
function renderKernelCode(code: Uint8Array): string {
  const text = Buffer.from(code).toString('base64');
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [
    `// Compiled from ../assembly by tools/src/build-kernels.ts, ${code.length} bytes. \`node tools/src/build-kernels.ts\` writes it anew.`,
    '',
    '/** WebAssembly code of all kernels, in base64. */',
    'export const kernelCode =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

if (import.meta.main) {
  const root = process.cwd();
  const text = renderKernelCode(compileKernels(root));
  const path = join(root, generatedFile);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
    console.log(`kernels: wrote ${generatedFile}`);
  } else if (existsSync(path) && readFileSync(path, 'utf8') === text) {
    console.log('kernels: nothing to report');
  } else {
    console.log(`${generatedFile} is not what its sources give; run \`node tools/src/build-kernels.ts\` and commit it`);
    process.exitCode = 1;
  }
}
