import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryStorage, createRepository, openRepository, takeSnapshot, type CreateRepositoryOptions, type OpenRepositoryOptions, type Repository, type SnapshotRecord, type Storage } from '../../src/index.ts';
import { readDirectory, readFileContent } from '../../src/snapshot/read-content.ts';
import { loadRootEntry } from '../../src/snapshot/tree-objects.ts';
import type { TreeEntry } from '../../src/index.ts';
import type { FileKind } from '../../src/storage/storage.ts';
import { joinPath } from '../../src/source/byte-path.ts';
import { createSeededBytes } from '../lent-machine.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

/** One way in which repositories are made. */
export interface Variant {
  readonly name: string;
  readonly create: Pick<CreateRepositoryOptions, 'hash' | 'compression' | 'encryption'>;
  readonly credential: Pick<OpenRepositoryOptions, 'key'>;
}

const key = new Uint8Array(32).fill(3);

export const variants: readonly Variant[] = [
  { name: 'plain, sha-256', create: { hash: 'sha-256', compression: 'none' }, credential: {} },
  { name: 'plain, blake3', create: { hash: 'blake3', compression: 'none' }, credential: {} },
  { name: 'zstd, blake3', create: { hash: 'blake3', compression: 'zstd' }, credential: {} },
  { name: 'encrypted zstd, sha-256', create: { hash: 'sha-256', compression: 'zstd', encryption: { key } }, credential: { key } },
];

const kinds: readonly FileKind[] = ['config', 'key', 'pack', 'index', 'snapshot', 'intent', 'epoch'];

/** Everything about a repository's files, to be changed and put into storages. */
export type RepositoryFiles = ReadonlyMap<string, Uint8Array>;

/** A small repository with every kind of file: two trees, an image, a prune behind it, a record. */
export async function makeSmallRepository({ create }: Variant): Promise<RepositoryFiles> {
  const volume = scratchDirectory();
  mkdirSync(join(volume, 'sub'));
  writeFileSync(join(volume, 'text'), 'one line of text, and another one of the same kind, and again one line of text\n'.repeat(6));
  writeFileSync(join(volume, 'sub', 'noise'), seededBytes(1, 300));
  const storage = createMemoryStorage();
  const repository = await createRepository({ storage, profile: 'small', randomBytes: createSeededBytes('small'), ...create });
  const { record: first } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  writeFileSync(join(volume, 'new'), seededBytes(2, 200));
  await takeSnapshot(repository, { kind: 'directory', path: volume }, { parent: first.id });
  const gone = await takeSnapshot(repository, { kind: 'stream', stream: once(seededBytes(3, 100)), description: 'gone' });
  await takeSnapshot(repository, { kind: 'stream', stream: once(seededBytes(4, 100)), description: 'image' });
  await repository.withLease('shared', async () => {
    await repository.forgetSnapshot(gone.record.id);
    await repository.putRecord('record', Buffer.from('a record'));
  });
  await repository.prune();
  return filesOf(storage);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield new Uint8Array(bytes);
}

/** All files of a storage but leases, by `kind/name`. */
export async function filesOf(storage: Storage): Promise<RepositoryFiles> {
  const files = new Map<string, Uint8Array>();
  for (const kind of kinds) for await (const { name } of storage.list(kind)) files.set(`${kind}/${name}`, await storage.get(kind, name));
  return files;
}

/** A storage in memory with these files. */
export async function storageWith(files: RepositoryFiles): Promise<Storage> {
  const storage = createMemoryStorage();
  for (const [file, bytes] of files) {
    const [kind = '', name = ''] = file.split('/');
    const known = kinds.find((each) => each === kind);
    if (known) await storage.put(known, name, [bytes]);
  }
  return storage;
}

/** What a snapshot holds: by path what the entry is and, for a file, its bytes, or the code of the error that kept them back. */
export type Contents = ReadonlyMap<string, string>;

/** Reads a snapshot as far as it can be read. @throws anything that is not a `SnapshotError` with a code */
export async function readSnapshot(repository: Repository, record: SnapshotRecord): Promise<Contents> {
  const contents = new Map<string, string>();
  const visit = async (path: Uint8Array, entry: TreeEntry): Promise<void> => {
    const key = Buffer.from(path).toString('latin1');
    try {
      if (entry.type === 'file') {
        const parts: Uint8Array[] = [];
        for await (const bytes of readFileContent(repository, entry.content, {})) parts.push(bytes);
        contents.set(key, `file ${Buffer.concat(parts).toString('base64')}`);
      } else contents.set(key, entry.type === 'unread' ? `unread ${entry.reason}` : entry.type);
      if (entry.type === 'directory') for await (const child of readDirectory(repository, entry, {})) await visit(joinPath(path, child.name), child);
    } catch (error) {
      contents.set(`${key} error`, codeOf(error));
    }
  };
  try {
    await visit(new Uint8Array(0), await loadRootEntry(repository, record.rootId, {}));
  } catch (error) {
    contents.set(' error', codeOf(error));
  }
  return contents;
}

/** Paths whose content could be read before and is not the same now. */
export function lostIn(before: Contents, now: Contents | undefined): string[] {
  return [...before].filter(([path, content]) => !path.endsWith('error') && now?.get(path) !== content).map(([path]) => path);
}

/** Paths that were read, and not as they were stored. */
export function wrongIn(read: ReadonlyMap<string, Contents>, intact: ReadonlyMap<string, Contents>): string[] {
  return [...read].flatMap(([id, contents]) => lostIn(contents, intact.get(id)).map((path) => `${id} ${path}`));
}

/** Reads all snapshots, by id. */
export async function readAll(storage: Storage, { credential }: Variant): Promise<ReadonlyMap<string, Contents>> {
  const repository = await openRepository({ storage, ...credential });
  const all = new Map<string, Contents>();
  for (const record of (await repository.listSnapshots()).snapshots) all.set(record.id, await readSnapshot(repository, record));
  return all;
}

/** The code of an error as callers may meet it. @throws everything else */
export function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'SnapshotError' && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
