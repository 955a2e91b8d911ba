/**
 * Run by `delta-survives-sigkill.test.ts` in a process of its own: applies a delta and kills itself with SIGKILL at the n-th call
 * into the file system (0: never; prints how many calls there were).
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [deltaPath = '', basePath = '', outputPath = '', killAt = '0'] = process.argv.slice(2);
// Loading modules reads files too: only what comes after counts.
let calls = Number.NEGATIVE_INFINITY;

function counting(target: object, names: readonly string[]): void {
  for (const name of names) {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== 'function') throw new TypeError(`${name} is not a function`);
    Reflect.set(target, name, function wrapped(this: unknown, ...values: unknown[]): unknown {
      calls += 1;
      if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
      const result: unknown = Reflect.apply(original, this, values);
      return result;
    });
  }
}

counting(fs, ['openSync', 'writeSync']);
counting(promises, ['open', 'unlink', 'link', 'stat']);
const handle = await promises.open(new URL(import.meta.url));
const prototype: unknown = Object.getPrototypeOf(handle);
await handle.close();
if (typeof prototype === 'object' && prototype !== null) counting(prototype, ['truncate', 'sync']);
syncBuiltinESMExports();

const { applyDelta } = await import('../../src/delta/apply-delta.ts');
calls = 0;
await applyDelta(deltaPath, { kind: 'file', path: basePath }, outputPath, { workers: 0 });
process.stdout.write(String(calls));
