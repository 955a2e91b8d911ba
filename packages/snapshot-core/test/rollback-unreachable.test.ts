import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { pendingRollbacks, planRollback, resumeRollback, rollback } from '../src/index.ts';
import { collect } from './collect.ts';
import { describeTree } from './support/describe-tree.ts';
import { setUpRollback } from './support/set-up-rollback.ts';

/** Codes with which names cannot be looked at, opened or read, by how their paths end. */
const refused = vi.hoisted(() => ({ lstatSync: new Map<string, string>(), openSync: new Map<string, string>(), readlinkSync: new Map<string, string>() }));

/** A descriptor that only names a file (Linux: `O_PATH`) needs neither a right to it nor its disk. */
function isPathOnly(flags: unknown): boolean {
  return typeof flags === 'number' && (flags & 0o10000000) !== 0;
}

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  const refusing = (call: keyof typeof refused) => (path: Buffer | string, ...more: readonly unknown[]): unknown => {
    for (const [suffix, code] of refused[call]) if (path.toString().endsWith(suffix) && !isPathOnly(more[0])) throw Object.assign(new TypeError(`${code}: refused`), { code });
    return Reflect.apply(real[call] as (...given: unknown[]) => unknown, undefined, [path, ...more]);
  };
  return { ...real, lstatSync: refusing('lstatSync'), openSync: refusing('openSync'), readlinkSync: refusing('readlinkSync') };
});

function heal(): void {
  for (const codes of Object.values(refused)) codes.clear();
}

afterEach(heal);

const reasonsOf = (issues: readonly { readonly displayPath: string; readonly reason: string }[]) => issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`);

test.for(['EIO', 'EACCES'])('names that cannot be looked at (%s) stay and are reported, and everything else is rolled back', async (code) => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    for (const name of ['bad-known', 'changed']) writeFileSync(join(path, name), 'before');
  });
  for (const name of ['bad-known', 'changed', 'bad-new', 'extra']) writeFileSync(join(volume, name), 'after!');
  mkdirSync(join(volume, 'new'));
  for (const name of ['bad-inside', 'inside']) writeFileSync(join(volume, 'new', name), '');
  for (const suffix of ['/bad-known', '/bad-new', '/bad-inside']) refused.lstatSync.set(suffix, code);
  const blocked = (await collect(planRollback(repository, id, volume))).filter(({ action }) => action === 'blocked').map(({ displayPath }) => displayPath);
  expect(blocked.toSorted()).toEqual(['bad-known', 'bad-new', 'new/bad-inside']);
  const report = await rollback(repository, id, volume, { operationId: 'op' });
  expect(report).toMatchObject({ complete: false, actions: { blocked: 4, replace: 1 } });
  expect(reasonsOf(report.issues).toSorted()).toEqual(['bad-known', 'bad-new', 'new', 'new/bad-inside'].map((name) => `${name} in-the-way`));
  expect([readFileSync(join(volume, 'changed'), 'utf8'), existsSync(join(volume, 'extra')), existsSync(join(volume, 'new/inside'))]).toEqual(['before', false, false]);
  for (const name of ['bad-known', 'bad-new']) expect(readFileSync(join(volume, name), 'utf8')).toBe('after!');
  heal();
  expect(await rollback(repository, id, volume, { operationId: 'again' })).toMatchObject({ complete: true });
  expect(await describeTree(volume)).toEqual(original);
});

test('a directory that cannot be opened is reported and left alone, and a symlink that cannot be read is written anew', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    mkdirSync(join(path, 'bad'));
    writeFileSync(join(path, 'bad/file'), 'x');
    writeFileSync(join(path, 'changed'), 'before');
    symlinkSync('changed', join(path, 'link'));
  });
  writeFileSync(join(volume, 'changed'), 'after!');
  refused.openSync.set('/bad', 'EIO');
  refused.readlinkSync.set('/link', 'EIO');
  const report = await rollback(repository, id, volume, { operationId: 'op' });
  expect([report.complete, reasonsOf(report.issues), report.actions]).toMatchObject([false, ['bad in-the-way'], { replace: 2 }]);
  heal();
  expect(await rollback(repository, id, volume, { operationId: 'again' })).toMatchObject({ complete: true });
  expect(await describeTree(volume)).toEqual(original);
});

test.for(['EIO', 'EACCES'])('a dry run goes on where another name of a file lies in a directory that cannot be opened (%s), as the rollback does', async (code) => {
  const { volume, repository, id } = await setUpRollback((path) => {
    mkdirSync(join(path, 'a'));
    writeFileSync(join(path, 'a/x'), 'before');
    linkSync(join(path, 'a/x'), join(path, 'b'));
    writeFileSync(join(path, 'changed'), 'before');
  });
  writeFileSync(join(volume, 'changed'), 'after!');
  refused.openSync.set('/a', code);
  const planned = (await collect(planRollback(repository, id, volume))).filter(({ action }) => action !== 'keep');
  expect(planned.map(({ displayPath, action }) => `${action} ${displayPath}`)).toEqual(expect.arrayContaining(['link b', 'replace changed']));
  const report = await rollback(repository, id, volume, { operationId: 'op' });
  expect(reasonsOf(report.issues)).toEqual(['a in-the-way']);
  expect([readFileSync(join(volume, 'b'), 'utf8'), readFileSync(join(volume, 'changed'), 'utf8')]).toEqual(['before', 'before']);
});

test('what concerns more than one item ends the rollback with a code, and it is resumed', async () => {
  const { volume, repository, id, original } = await setUpRollback((path) => {
    mkdirSync(join(path, 'directory'));
    writeFileSync(join(path, 'directory/file'), 'before');
  });
  writeFileSync(join(volume, 'directory/file'), 'after!');
  refused.openSync.set('/directory', 'EMFILE');
  const unusable = { name: 'SnapshotError', code: 'target/unusable', message: expect.stringContaining('EMFILE') };
  await expect(collect(planRollback(repository, id, volume))).rejects.toMatchObject(unusable);
  await expect(rollback(repository, id, volume, { operationId: 'op' })).rejects.toMatchObject(unusable);
  expect(await pendingRollbacks(repository)).toMatchObject([{ operationId: 'op' }]);
  heal();
  expect(await resumeRollback(repository, volume)).toMatchObject({ complete: true });
  expect(await describeTree(volume)).toEqual(original);
});

test('a file that vanishes before it is compared is written anew, and does not pass for verified', async () => {
  const { volume, repository, id } = await setUpRollback((path) => writeFileSync(join(path, 'file'), 'before'));
  refused.openSync.set('/file', 'ENOENT');
  await expect(rollback(repository, id, volume, { operationId: 'op' })).rejects.toMatchObject({ name: 'SnapshotError', code: 'rollback/verification-failed' });
  heal();
  expect(await resumeRollback(repository, volume)).toMatchObject({ complete: true });
  expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('before');
});
