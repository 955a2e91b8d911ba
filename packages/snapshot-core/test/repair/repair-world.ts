import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolderStorage, createRepository, openRepository, restoreSnapshot, takeSnapshot, type CreateRepositoryOptions, type Repository } from '../../src/index.ts';
import { flipBit } from '../fault-storage.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

/** Credential of the encrypted worlds: a raw key, because a passphrase takes half a second. */
export const worldKey = new Uint8Array(32).fill(7);

/** How the repository of a world is made. */
export type WorldChoices = Pick<CreateRepositoryOptions, 'hash' | 'compression'> & { readonly isEncrypted?: boolean };

/** A volume with some files, taken twice, and an image, in a repository on disk. */
export async function setUpWorld({ isEncrypted = false, ...choices }: WorldChoices = {}) {
  const scratch = scratchDirectory();
  const path = join(scratch, 'repository');
  const volume = subdirectory(scratch, 'volume');
  mkdirSync(join(volume, 'sub'));
  const put = (name: string, seed: number, lengthBytes: number) => {
    writeFileSync(join(volume, name), seededBytes(seed, lengthBytes));
    utimesSync(join(volume, name), 1_600_000_000, 1_600_000_000);
  };
  for (const name of ['a', 'b', 'sub/c']) put(name, name.charCodeAt(name.length - 1), 40_000);
  const open = () => openRepository({ path, ...(isEncrypted && { key: worldKey }) });
  const created = await createRepository({ path, profile: 'small', ...choices, ...(isEncrypted && { encryption: { key: worldKey } }) });
  const { record: first } = await takeSnapshot(created, { kind: 'directory', path: volume });
  put('d', 100, 40_000);
  const { record: second } = await takeSnapshot(await open(), { kind: 'directory', path: volume }, { parent: first.id, labels: ['kept'] });
  const { record: image } = await takeSnapshot(await open(), { kind: 'stream', stream: streamOf(seededBytes(5, 50_000)), description: 'image' });
  const options = { path, ...(isEncrypted && { key: worldKey }) };
  return { scratch, path, volume, open, first, second, image, options };
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield new Uint8Array(bytes);
}

/** Damages a stored object where it lies. */
export function damageObject(repository: Repository, path: string, id: string): void {
  const { packName = '', offset = 0 } = repository.locate(id) ?? {};
  damageFile(join(path, 'packs', packName), offset);
}

export function damageFile(path: string, offset: number): void {
  writeFileSync(path, flipBit(readFileSync(path), 8 * offset));
}

/** Names of the files of a kind. */
export function filesIn(path: string, folder: string): string[] {
  return readdirSync(join(path, folder)).map((name) => join(path, folder, name));
}

/** All bytes of a repository but leases, by path. */
export async function contentsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const storage = createFolderStorage({ path });
  const contents = new Map<string, string>();
  for (const kind of ['config', 'key', 'pack', 'index', 'snapshot', 'intent', 'epoch'] as const)
    for await (const { name } of storage.list(kind)) contents.set(`${kind}/${name}`, Buffer.from(await storage.get(kind, name)).toString('base64'));
  return contents;
}

let restores = 0;

/** Restores a tree snapshot, and answers with the files it gave, by path, and what it reported. */
export async function restoredFiles(repository: Repository, id: string, scratch: string): Promise<{ readonly files: ReadonlyMap<string, string>; readonly issues: readonly string[]; readonly complete: boolean }> {
  const target = subdirectory(scratch, `restored-${restores++}`);
  const { issues, complete } = await restoreSnapshot(repository, id, target);
  const files = new Map<string, string>();
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) files.set(join(entry.parentPath, entry.name).slice(target.length + 1), readFileSync(join(entry.parentPath, entry.name)).toString('base64'));
  return { files, issues: issues.map(({ displayPath, reason }) => `${displayPath} ${reason}`), complete };
}
