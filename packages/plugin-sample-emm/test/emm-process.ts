import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../src/server/main.ts', import.meta.url));

/** The sample EMM as its own process, the way `pnpm sample-emm` starts it. */
export interface EmmProcess {
  readonly pid: number;
  readonly url: string;
  readonly caCertificatePem: string;
  /** Everything it wrote, both streams. */
  readonly output: () => string;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

/** Starts the program on a folder and waits until it listens. */
export async function startEmmProcess(folder: string, port = 0, compileCache = `${folder}.cache`): Promise<EmmProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@winre-kit/source', program, '--folder', folder, '--port', String(port), '--heartbeat-every-ms', '1000'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The cache makes the later starts of a test fast.
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, NODE_OPTIONS: '' },
  });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new TypeError(`the sample EMM ended with ${code}: ${output}`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      output += `${line}\n`;
      const found = /^sample EMM at (\S+)/.exec(line);
      if (found?.[1]) resolve(found[1]);
    });
  });
  return {
    pid: child.pid ?? 0,
    url,
    caCertificatePem: await readFile(join(folder, 'ca.pem'), 'utf8'),
    output: () => output,
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exited = once(child, 'exit');
      child.kill(signal);
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}
