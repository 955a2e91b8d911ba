import { cp, mkdir, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Installed packages that stand in for an operating system: real files, and a compiler that can be run to see whether they are whole. */
const systemPackages = ['typescript', 'zod', 'hono', 'eventemitter3'] as const;

/** The compiler of the volume compiles the application of the volume against the libraries of the volume. */
export const bootProgram: readonly string[] = ['node', 'node_modules/typescript/lib/tsc.js', '--project', 'app'];

const application = `import { z } from 'zod';
import { EventEmitter } from 'eventemitter3';

const bootRecord = z.object({ volume: z.literal('os'), startedAt: z.number() });
const boot = new EventEmitter<{ up: [z.infer<typeof bootRecord>] }>();
export const booted: string[] = [];
boot.on('up', (record) => booted.push(record.volume));
boot.emit('up', bootRecord.parse({ volume: 'os', startedAt: 0 }));
`;

/** Copies the installed packages into one tree (about 36 MB, 1,500 files) with a small application beside them. */
export async function makeSystemVolume(target: string): Promise<void> {
  for (const name of systemPackages) {
    await cp(await packageFolder(name), join(target, 'node_modules', name), { recursive: true, filter: (path) => !path.endsWith('/node_modules') });
  }
  await mkdir(join(target, 'app'), { recursive: true });
  await writeFile(join(target, 'app/main.ts'), application);
  const compilerOptions = { target: 'es2022', lib: ['es2022'], module: 'nodenext', strict: true, skipLibCheck: true, noEmit: true, types: [] };
  await writeFile(join(target, 'app/tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }, null, 2));
  await writeFile(join(target, 'package.json'), JSON.stringify({ name: 'os-volume', private: true, type: 'module' }, null, 2));
}

/** Copies any folder, links as links. Such a volume boots when its files are what its manifest says. */
export async function copyVolume(source: string, target: string): Promise<void> {
  await cp(source, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}

async function packageFolder(name: string): Promise<string> {
  const folder = await realpath(new URL(`../../node_modules/${name}`, import.meta.url));
  if (name !== 'typescript') return folder;
  // The package named typescript only forwards to the compiler proper.
  return realpath(dirname(createRequire(join(folder, 'package.json')).resolve('@typescript/old/package.json')));
}
