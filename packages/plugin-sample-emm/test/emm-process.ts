import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../src/server/main.ts', import.meta.url));
const builtProgram = fileURLToPath(new URL('../dist/server/main.js', import.meta.url));

export interface EmmProcessSettings {
  /** 0, which is the default, takes a free one. */
  readonly port?: number;
  /** A folder that makes later starts fast; beside the server's folder when not given. */
  readonly compileCache?: string;
  /** Start what was built instead of the source. */
  readonly isBuilt?: boolean;
  readonly nodeArguments?: readonly string[];
}

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
export async function startEmmProcess(folder: string, { port = 0, compileCache = `${folder}.cache`, isBuilt = false, nodeArguments = [] }: EmmProcessSettings = {}): Promise<EmmProcess> {
  const start = isBuilt ? [builtProgram] : ['--conditions=@winre-kit/source', program];
  const child: ChildProcess = spawn(process.execPath, [...nodeArguments, ...start, '--folder', folder, '--port', String(port), '--heartbeat-every-ms', '1000'], {
    stdio: ['ignore', 'pipe', 'pipe'],
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
