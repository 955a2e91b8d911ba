import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { pendingRollbacks, resumeRollback, rollback } from '../src/index.ts';
import { describeTree } from './support/describe-tree.ts';
import { openBelow } from './support/open-below.ts';
import { setUpRollback } from './support/set-up-rollback.ts';

/** A disk that does not make a file durable, and a system that does not open a directory, by how their paths end. */
const broken = vi.hoisted(() => ({ fsync: '/nothing', open: '/nothing' }));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  const { promisify } = await import('node:util');
  const refuse = (path: string, suffix: string, code: string) => {
    if (path.endsWith(suffix)) throw Object.assign(new TypeError(`${code}: refused`), { code });
  };
  const refuseToSync = (descriptor: number) => refuse(real.readlinkSync(`/proc/self/fd/${descriptor}`), broken.fsync, 'EIO');
  const synced = promisify(real.fsync);
  return {
    ...real,
    openSync: (path: Buffer | string, ...more: readonly unknown[]): unknown => {
      refuse(path.toString(), broken.open, 'EMFILE');
      return Reflect.apply(real.openSync as (...given: unknown[]) => unknown, undefined, [path, ...more]);
    },
    fsyncSync: (descriptor: number) => {
      refuseToSync(descriptor);
      real.fsyncSync(descriptor);
    },
    fsync: Object.assign(() => {}, {
      [promisify.custom]: async (descriptor: number) => {
        refuseToSync(descriptor);
        await synced(descriptor);
      },
    }),
  };
});

function heal(): void {
  broken.fsync = '/nothing';
  broken.open = '/nothing';
}

afterEach(heal);

const endings: { readonly why: string; readonly open?: string; readonly end?: (stop: AbortController) => void; readonly error: object }[] = [
  { why: 'a directory that cannot be opened', open: '/z', error: { code: 'target/unusable', message: expect.stringContaining('EMFILE') } },
  { why: 'a file that cannot be written', end: () => { broken.open = '.tmp'; }, error: { code: 'target/write-failed', message: expect.stringContaining('d/b: EMFILE') } },
  { why: 'an abort', end: (stop) => stop.abort(new RangeError('stopped')), error: { message: 'stopped' } },
  { why: 'a caller who throws', end: () => { throw new RangeError('thrown'); }, error: { message: 'thrown' } },
];

test.runIf(process.platform === 'linux').for(endings)('a file that could not be made durable does not outlive a rollback that is ended beside it by $why', async ({ open, end, error }) => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    mkdirSync(join(path, 'd/z'), { recursive: true });
    for (const name of ['a', 'b']) writeFileSync(join(path, 'd', name), 'before');
  });
  writeFileSync(join(volume, 'd/a'), 'after!');
  for (const name of ['b', 'z']) rmSync(join(volume, 'd', name), { recursive: true });
  broken.fsync = '/d/a';
  if (open !== undefined) broken.open = open;
  const stop = new AbortController();
  const onProgress = ({ phase }: { readonly phase: string }) => {
    if (phase === 'write' && readFileSync(join(volume, 'd/a'), 'utf8') === 'before') end?.(stop);
  };
  await expect(rollback(repository, id, volume, { operationId: 'op', signal: stop.signal, onProgress })).rejects.toMatchObject(error);
  // What a failed fsync leaves would pass for durable, because only its bytes are compared.
  expect(existsSync(join(volume, 'd/a'))).toBe(false);
  expect(openBelow(volume)).toEqual([]);
  heal();
  expect(await pendingRollbacks(repository)).toHaveLength(1);
  expect(await resumeRollback(repository, volume)).toMatchObject({ complete: true, actions: { create: open === undefined ? 3 : 1 } });
  expect(await describeTree(volume)).toEqual(original);
});
