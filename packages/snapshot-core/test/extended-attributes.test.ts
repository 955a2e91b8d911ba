import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from './collect.ts';
import { allAttributes, attributePort, attributesOf, sampleAcl, setAttribute } from './support/extended-attributes.ts';
import { runAsNobody } from './support/run-as-nobody.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { createMemoryStorage, createRepository, diffSnapshotAgainstDirectory, diffSnapshots, listSnapshot, planRollback, restoreSnapshot, rollback, takeSnapshot } from '../src/index.ts';
import type { Repository } from '../src/index.ts';
import { openDirectory } from '../src/source/directory-handle.ts';

const isRoot = process.getuid?.() === 0;
const laterClock = { nowMs: () => Date.now() + 3_600_000 };
const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });

/** Why nothing can be tested here, if so: the platform, the add-on or the scratch directory's file system. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux' || !attributePort.isAvailable) return 'no extended attributes on this platform';
  try {
    setAttribute('/tmp', 'user.winre-kit-probe', '');
    attributePort.remove(Buffer.from('/tmp'), Buffer.from('user.winre-kit-probe'));
    return undefined;
  } catch (error) {
    return `the file system of /tmp has none: ${String(error)}`;
  }
}
const reason = whyNot();
const suffix = reason === undefined ? '' : ` (skipped: ${reason})`;

function makeTree(volume: string): void {
  mkdirSync(join(volume, 'directory'));
  mkdirSync(Buffer.concat([Buffer.from(`${volume}/`), Buffer.from([0xff])]));
  writeFileSync(join(volume, 'file'), 'content');
  writeFileSync(join(volume, 'directory/plain'), 'plain');
  writeFileSync(join(volume, 'read-only'), 'x', { mode: 0o444 });
  linkSync(join(volume, 'file'), join(volume, 'directory/linked'));
  symlinkSync('file', join(volume, 'link'));
  setAttribute(volume, 'user.root', 'root');
  withOddDirectory(volume, (path) => attributePort.set(path, Buffer.from('user.odd'), Buffer.from('odd')));
  setAttribute(join(volume, 'directory'), 'user.directory', Buffer.from([0, 0xff, 0x0a]));
  setAttribute(join(volume, 'file'), 'user.empty', '');
  setAttribute(join(volume, 'file'), 'user.ümlaut', Buffer.alloc(3_000, 7));
  setAttribute(join(volume, 'file'), 'system.posix_acl_access', sampleAcl);
  setAttribute(join(volume, 'read-only'), 'user.stays', 'yes');
  if (!isRoot) return;
  setAttribute(join(volume, 'link'), 'trusted.link', 'of the link itself');
  setAttribute(join(volume, 'file'), 'security.capability', Buffer.from('0000000200200000000000000000000000000000', 'hex'));
}

/** A directory whose name is no text is reached through itself. */
function withOddDirectory(volume: string, work: (path: Uint8Array) => void): void {
  const handle = openDirectory(volume);
  const child = handle.openChild(Buffer.from([0xff]));
  work(child.pathOf(Buffer.from('.')));
  child.close();
  handle.close();
}

async function snapshotOf(volume: string): Promise<{ repository: Repository; id: string }> {
  const repository = await newRepository();
  const { record, report } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  expect([record.incomplete, report.issues]).toEqual([false, []]);
  return { repository, id: record.id };
}

test.skipIf(reason !== undefined)(`attributes, ACLs and capabilities come back in a restore${suffix}`, async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  makeTree(volume);
  const { repository, id } = await snapshotOf(volume);
  const target = join(scratch, 'target');
  expect(await restoreSnapshot(repository, id, target)).toMatchObject({ complete: true });
  const wanted = allAttributes(volume);
  expect(allAttributes(target)).toEqual(wanted);
  expect(Object.values(wanted).filter((attributes) => Object.keys(attributes).length > 1).length).toBeGreaterThan(5);
  // A default ACL is inherited by whatever is made in the target: what was not there must not be there.
  const inheriting = subdirectory(scratch, 'inheriting');
  setAttribute(inheriting, 'system.posix_acl_default', sampleAcl);
  expect(await restoreSnapshot(repository, id, inheriting)).toMatchObject({ complete: true });
  expect(allAttributes(inheriting)).toEqual(wanted);
});

test.skipIf(reason !== undefined)(`added, changed and removed ones are rolled back, and nothing else is written${suffix}`, async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  makeTree(volume);
  const before = allAttributes(volume);
  const { repository, id } = await snapshotOf(volume);
  const remove = (path: string, name: string) => attributePort.remove(Buffer.from(join(volume, path)), Buffer.from(name));
  setAttribute(join(volume, 'directory'), 'user.new', 'new');
  setAttribute(join(volume, 'file'), 'user.empty', 'not any more');
  remove('file', 'system.posix_acl_access');
  remove('.', 'user.root');
  withOddDirectory(volume, (path) => attributePort.remove(path, Buffer.from('user.odd')));
  chmodSync(join(volume, 'read-only'), 0o644);
  remove('read-only', 'user.stays');
  setAttribute(join(volume, 'directory/plain'), 'user.planted', 'x');
  chmodSync(join(volume, 'read-only'), 0o444);
  const changes = await collect(diffSnapshotAgainstDirectory(repository, id, volume));
  expect(changes.map(({ displayPath, change, what }) => [displayPath, change, ...what].join(' '))).toEqual(['directory/linked changed metadata', 'directory/plain changed metadata', 'directory changed metadata', 'read-only changed metadata', '\\xff changed metadata']);
  expect(await rollback(repository, id, volume, { operationId: 'op' })).toMatchObject({ complete: true, bytesWritten: 0, actions: { 'set-metadata': 6 } });
  expect(allAttributes(volume)).toEqual(before);
  expect((await collect(planRollback(repository, id, volume))).filter(({ action }) => action !== 'keep')).toEqual([]);
});

test.skipIf(reason !== undefined)(`the same works for a user who is not root${suffix}`, async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  writeFileSync(join(volume, 'file'), 'content', { mode: 0o444 });
  setAttribute(join(volume, 'file'), 'user.one', '1');
  if (isRoot) {
    setAttribute(join(volume, 'file'), 'trusted.hidden', 'not seen by others');
    for (const path of [scratch, volume, join(volume, 'file')]) chownSync(path, 65_534, 65_534);
  }
  const output = await runAsNobody(`
    import { createMemoryStorage, createRepository, restoreSnapshot, rollback, takeSnapshot } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    import { attributesOf, attributePort, setAttribute } from ${JSON.stringify(new URL('support/extended-attributes.ts', import.meta.url).href)};
    import { chmodSync } from 'node:fs';
    const { VOLUME: volume } = process.env;
    const file = volume + '/file';
    const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
    const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
    const restored = await restoreSnapshot(repository, record.id, volume + '-target');
    chmodSync(file, 0o644);
    attributePort.remove(Buffer.from(file), Buffer.from('user.one'));
    setAttribute(file, 'user.two', '2');
    chmodSync(file, 0o444);
    const { complete, issues } = await rollback(repository, record.id, volume, { operationId: 'op' });
    console.log(JSON.stringify([record.incomplete, restored.complete, attributesOf(volume + '-target/file'), complete, issues, attributesOf(file)]));
  `, { VOLUME: volume });
  expect(JSON.parse(output)).toEqual([false, true, { 'user.one': '31' }, true, [], { 'user.one': '31' }]);
});

test.skipIf(reason !== undefined || !isRoot)(`what the target refuses is reported per item, and the rest is done${isRoot ? suffix : ' (skipped: needs root)'}`, async () => {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  writeFileSync(join(volume, 'file'), 'content');
  setAttribute(join(volume, 'file'), 'trusted.one', '1');
  setAttribute(join(volume, 'file'), 'user.one', '1');
  const repository = await createRepository({ path: join(scratch, 'repository'), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  await runAsRoot('chown', ['-R', '65534:65534', scratch]);
  const output = await runAsNobody(`
    import { openRepository, restoreSnapshot } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    const repository = await openRepository({ path: process.env.SCRATCH + '/repository' });
    const { files, issues } = await restoreSnapshot(repository, process.env.ID, process.env.SCRATCH + '/target');
    console.log(JSON.stringify([files, issues.filter(({ displayPath }) => displayPath === 'file')]));
  `, { SCRATCH: scratch, ID: record.id });
  expect(JSON.parse(output)).toMatchObject([1, [{ reason: 'metadata', message: expect.stringMatching(/owner, extended attribute trusted\.one/) }]]);
  expect(attributesOf(join(scratch, 'target/file'))).toEqual({ 'user.one': '31' });
});

test.skipIf(reason !== undefined)(`the parent saves reading only while they are the same, and an entry without them is completed${suffix}`, async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  writeFileSync(join(volume, 'file'), 'content');
  setAttribute(join(volume, 'file'), 'user.one', '1');
  const repository = await newRepository();
  const take = async (parent?: string) => (await takeSnapshot(repository, { kind: 'directory', path: volume }, { clock: laterClock, ...(parent !== undefined && { parent }) }));
  const first = await take();
  const unchanged = await take(first.record.id);
  expect(unchanged.report).toMatchObject({ bytesRead: 0, files: { unmodified: 1 } });
  expect(unchanged.record.rootId).toBe(first.record.rootId);
  setAttribute(join(volume, 'file'), 'user.one', '2');
  const changed = await take(unchanged.record.id);
  const stored = (await collect(listSnapshot(repository, changed.record.id))).find(({ path }) => path.length > 0);
  expect(stored).toMatchObject({ entry: { attributes: { complete: true, list: [{ value: new Uint8Array(Buffer.from('2')) }] } } });
  expect((await collect(diffSnapshots(repository, first.record.id, changed.record.id))).map(({ displayPath, what }) => [displayPath, ...what].join(' '))).toEqual(['file metadata']);
});

async function runAsRoot(command: string, args: readonly string[]): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  execFileSync(command, args);
}
