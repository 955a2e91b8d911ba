import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type * as Fs from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { collect } from './collect.ts';
import { meddleWithSaves } from './support/meddle-with-saves.ts';
import { scratchDirectory, subdirectory } from './support/scratch.ts';
import { seededBytes } from './support/tree-operations.ts';
import { createMemoryStorage, createRepository, listSnapshot, planRollback, restoreSnapshot, takeSnapshot } from '../src/index.ts';
import type { Repository, TakenSnapshot, TreeEntry } from '../src/index.ts';

/** A disk that cannot read files of this name, from this position on: what `read` does to a bad sector. */
const bad = vi.hoisted(() => ({ name: 'bad-sector', from: 0 }));

vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof Fs>();
  const { promisify } = await import('node:util');
  const refuse = (descriptor: number, position: number) => {
    if (position >= bad.from && real.readlinkSync(`/proc/self/fd/${descriptor}`).endsWith(bad.name)) throw Object.assign(new TypeError('EIO: i/o error, read'), { code: 'EIO' });
  };
  const readPromised = promisify(real.read);
  return {
    ...real,
    readSync: (descriptor: number, buffer: Uint8Array, offset: number, length: number, position: number) => {
      refuse(descriptor, position);
      return real.readSync(descriptor, buffer, offset, length, position);
    },
    read: Object.assign(() => {}, {
      [promisify.custom]: async (descriptor: number, buffer: Uint8Array, offset: number, length: number, position: number) => {
        refuse(descriptor, position);
        return readPromised(descriptor, buffer, offset, length, position);
      },
    }),
  };
});

const newRepository = () => createRepository({ storage: createMemoryStorage(), profile: 'small' });
const reasonsOf = ({ report }: TakenSnapshot) => report.issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`);

async function entriesOf(repository: Repository, { record }: TakenSnapshot): Promise<Record<string, TreeEntry>> {
  const entries: Record<string, TreeEntry> = {};
  for (const item of await collect(listSnapshot(repository, record.id))) if (item.step === 'entry') entries[Buffer.from(item.path).toString()] = item.entry;
  return entries;
}

/** Takes a snapshot of a file that is tampered with each time its first chunk is saved: it is open and half read then. */
async function takeWhile(volume: string, repository: Repository, tamper: (read: number) => void): Promise<TakenSnapshot> {
  let reads = 0;
  const meddling = meddleWithSaves(repository, (kind) => {
    if (kind === 'data') tamper(++reads);
  });
  return takeSnapshot(meddling, { kind: 'directory', path: volume });
}

function volumeWithOneFile(bytes: number): { volume: string; file: string; scratch: string } {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  writeFileSync(join(volume, 'file'), seededBytes(1, bytes));
  return { volume, file: join(volume, 'file'), scratch };
}

test('a file that shrinks once is read again and whole; one that shrinks on is torn and no longer than what was read', async () => {
  const { volume, file } = volumeWithOneFile(3_000_000);
  const repository = await newRepository();
  const once = await takeWhile(volume, repository, (read) => read === 1 && truncateSync(file, 1_000));
  expect([reasonsOf(once), once.record.incomplete]).toEqual([[], false]);
  expect((await entriesOf(repository, once))['file']).toMatchObject({ size: 1_000, torn: false });
  writeFileSync(file, seededBytes(2, 3_000_000));
  let bytes = 2_900_000;
  const on = await takeWhile(volume, repository, () => truncateSync(file, Math.max(10_000, bytes -= 20_000)));
  expect([reasonsOf(on), on.record.incomplete]).toEqual([['file torn'], true]);
  const { file: entry } = await entriesOf(repository, on);
  expect(entry).toMatchObject({ torn: true });
  expect(entry?.size).toBeLessThan(2_900_000);
});

test('a file that grows without end is torn, and its reading ends', async () => {
  const { volume, file, scratch } = volumeWithOneFile(1_000_000);
  const repository = await newRepository();
  const taken = await takeWhile(volume, repository, () => appendFileSync(file, seededBytes(3, 50_000)));
  expect([reasonsOf(taken), taken.record.incomplete, taken.report.files.torn]).toEqual([['file torn'], true, 1]);
  expect(await restoreSnapshot(repository, taken.record.id, join(scratch, 'target'))).toMatchObject({ files: 1, complete: false, issues: [{ reason: 'torn' }] });
});

test('a file that is replaced while it is read is the new one', async () => {
  const { volume, file } = volumeWithOneFile(1_000_000);
  const repository = await newRepository();
  const taken = await takeWhile(volume, repository, (read) => {
    if (read !== 1) return;
    writeFileSync(`${volume}-new`, seededBytes(9, 500_000));
    renameSync(`${volume}-new`, file);
  });
  expect(reasonsOf(taken)).toEqual([]);
  expect((await entriesOf(repository, taken))['file']).toMatchObject({ size: 500_000, torn: false });
});

test.each([
  ['a symlink', (file: string) => symlinkSync('/etc/passwd', file), 'file failed'],
  ['a directory', (file: string) => mkdirSync(file), 'file vanished'],
  ['nothing', () => {}, 'file vanished'],
] as const)('a file that turns into %s while it is read is not followed and does not stop the rest', async (_, make, reported) => {
  const { volume, file } = volumeWithOneFile(1_000_000);
  writeFileSync(join(volume, 'z-rest'), 'rest');
  const repository = await newRepository();
  const taken = await takeWhile(volume, repository, (read) => {
    if (read !== 1) return;
    rmSync(file);
    make(file);
  });
  expect(reasonsOf(taken)).toEqual([reported]);
  expect((await entriesOf(repository, taken))['z-rest']).toMatchObject({ type: 'file', size: 4 });
});

test.each([['a small file', 1_000, 0], ['the middle of a large one', 3_000_000, 1_048_576]])('a bad sector in %s costs that file: it is kept by name, a rollback leaves it alone, the rest is done', async (_, bytes, from) => {
  const { volume } = volumeWithOneFile(10);
  bad.from = from;
  writeFileSync(join(volume, bad.name), seededBytes(1, bytes));
  writeFileSync(join(volume, 'z-rest'), 'rest');
  const repository = await newRepository();
  const taken = await takeSnapshot(repository, { kind: 'directory', path: volume });
  expect(taken.report).toMatchObject({ issues: [{ displayPath: 'bad-sector', reason: 'failed', message: expect.stringContaining('EIO') }], skipped: 1, files: { new: 2 } });
  expect(taken.record.incomplete).toBe(true);
  expect(await entriesOf(repository, taken)).toMatchObject({ 'bad-sector': { type: 'unread', reason: 'failed' }, 'z-rest': { type: 'file' } });
  const actions = await collect(planRollback(repository, taken.record.id, volume));
  expect(actions.find(({ displayPath }) => displayPath === 'bad-sector')).toMatchObject({ action: 'keep' });
});

test('cloud placeholders and files encrypted by EFS are kept by name, with the reason, and never opened', async () => {
  const volume = subdirectory(scratchDirectory(), 'volume');
  for (const name of ['cloud', 'here', 'secret']) writeFileSync(join(volume, name), name);
  mkdirSync(join(volume, 'cloud-directory'));
  mkdirSync(join(volume, 'secret-directory'));
  for (const name of ['cloud-directory/x', 'secret-directory/x']) writeFileSync(join(volume, name), 'x');
  const bits: Record<string, number> = { 'cloud': 0x40_0020, 'cloud-directory': 0x4_0010, 'here': 0x20, 'secret': 0x4020, 'secret-directory': 0x4010 };
  const repository = await newRepository();
  const taken = await takeSnapshot(repository, { kind: 'directory', path: volume, windowsAttributes: (path) => bits[Buffer.from(path).toString()] });
  expect(reasonsOf(taken)).toEqual(['cloud offline', 'cloud-directory offline', 'secret encrypted']);
  expect(taken.record.incomplete).toBe(true);
  expect(taken.report).toMatchObject({ bytesRead: 5, skipped: 3 });
  expect(await entriesOf(repository, taken)).toMatchObject({ 'cloud': { type: 'unread', reason: 'offline' }, 'secret': { type: 'unread', reason: 'encrypted' }, 'secret-directory/x': { type: 'file' } });
});
