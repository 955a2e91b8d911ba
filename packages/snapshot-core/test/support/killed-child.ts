/**
 * Run by `survives-sigkill.test.ts` in a process of its own: takes a snapshot, rolls back to an earlier one, and kills
 * itself with SIGKILL at the n-th call into the file system (0: never; prints how many calls there were).
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [repositoryPath = '', volume = '', snapshotId = '', killAt = '0'] = process.argv.slice(2);
// Loading modules opens files too: only what comes after counts, or small numbers would kill the child before it did anything.
let calls = Number.NEGATIVE_INFINITY;

function countCall(): void {
  calls += 1;
  if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

function counting(target: object, names: readonly string[]): void {
  for (const name of names) {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== 'function') throw new TypeError(`${name} is not a function`);
    Reflect.set(target, name, function wrapped(this: unknown, ...values: unknown[]): unknown {
      countCall();
      const result: unknown = Reflect.apply(original, this, values);
      return result;
    });
  }
}

counting(fs, ['openSync', 'writeSync', 'renameSync', 'unlinkSync', 'rmdirSync', 'mkdirSync', 'symlinkSync', 'linkSync', 'ftruncateSync', 'chmodSync', 'utimesSync', 'readdirSync']);
counting(promises, ['open', 'rename', 'unlink', 'mkdir', 'rm', 'readdir', 'link']);
const handle = await promises.open(new URL(import.meta.url));
const prototype: unknown = Object.getPrototypeOf(handle);
await handle.close();
if (typeof prototype === 'object' && prototype !== null) counting(prototype, ['write', 'writev', 'writeFile', 'sync', 'datasync']);
syncBuiltinESMExports();

const { openRepository, rollback, takeSnapshot } = await import('../../src/index.ts');
calls = 0;
const repository = await openRepository({ path: repositoryPath });
await takeSnapshot(repository, { kind: 'directory', path: volume }, { parent: snapshotId, labels: ['second'] });
await rollback(repository, snapshotId, volume, { operationId: 'killed', safetySnapshot: true });
process.stdout.write(String(calls));
