import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Runs a TypeScript snippet in a child that is not root (root ignores file modes), and answers with what it printed. */
export async function runAsNobody(script: string, environment: Record<string, string>): Promise<string> {
  const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn(process.execPath, ['--conditions=@winre-kit/source', '--no-warnings', '--input-type=module-typescript', '-'], {
    ...identity, stdio: ['pipe', 'pipe', 'pipe'], env: { ...environment, PATH: process.env['PATH'] },
  });
  child.stdin.end(script);
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), new Promise((resolve) => child.once('exit', resolve))]);
  if (code !== 0) throw new TypeError(`child failed: ${errors}`);
  return output;
}
