import { readIndexFile } from '../../chunk-index/index-files.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { encodeRepositoryConfig, type StoredConfig } from '../../format/repository-config.ts';
import { sameBytes } from '../../format/same-bytes.ts';
import type { SnapshotRecord } from '../../format/snapshot-record.ts';
import type { FileKind } from '../../storage/storage.ts';
import type { CallOptions } from '../call-options.ts';
import { configNames, decodeConfigFile } from '../config-files.ts';
import { decodeEpochFile, isEpochName } from '../epoch-files.ts';
import { decodeIntentFile } from '../intent-files.ts';
import { decodeNamedKeyFile } from '../key-files.ts';
import type { RepositoryState } from '../repository-state.ts';
import { decodeSnapshotFile } from '../snapshot-files.ts';
import { isLostObject } from './is-lost-object.ts';
import type { DamagedFile } from './repair-facts.ts';

/** What the small files of a repository say, and which cannot be used. */
export interface InspectedFiles {
  readonly configs: readonly DamagedFile[];
  readonly epochs: readonly DamagedFile[];
  readonly indexFiles: readonly DamagedFile[];
  readonly unreadable: readonly DamagedFile[];
  readonly foreign: readonly DamagedFile[];
  /** Names of the packs that some index file lists. */
  readonly listed: ReadonlySet<string>;
  readonly records: readonly SnapshotRecord[];
}

/** What files of a kind are called. */
const namePatterns = {
  key: /^[\da-f]{32}-\d{4}$/,
  pack: /^[\da-f]{64}$/,
  index: /^[\da-f]{64}$/,
  snapshot: /^[\da-f]{32}$/,
  epoch: { test: isEpochName },
} as const;

/** Whether a file can be the repository's, by its name. */
export function isNamedLike(kind: keyof typeof namePatterns, name: string): boolean {
  return namePatterns[kind].test(name);
}

/** A file that lies where none of the repository has this name. */
export function foreignFile(kind: FileKind, name: string): DamagedFile {
  return { kind, name, problem: 'no file of a repository has such a name; look what it is, and remove it yourself' };
}

/**
 * Reads every small file. Leases are not looked at: they expire.
 *
 * @param stored the config that serves
 * @throws {SnapshotError} `storage/failed`, `format/unsupported`
 */
export async function inspectFiles({ storage, envelope, config, objects: { codec } }: RepositoryState, stored: StoredConfig, options?: CallOptions): Promise<InspectedFiles> {
  const foreign: DamagedFile[] = [];

  async function inspect<T>(kind: FileKind, name: string, open: (bytes: Uint8Array) => T, problems: DamagedFile[]): Promise<T | undefined> {
    try {
      return open(await storage.get(kind, name, options));
    } catch (error) {
      if (!SnapshotError.isInstance(error) || !isLostObject(error)) throw error;
      problems.push({ kind, name, problem: error.code === 'storage/not-found' ? 'it is missing' : error.message });
      return undefined;
    }
  }

  async function* named(kind: keyof typeof namePatterns): AsyncGenerator<string> {
    for await (const { name } of storage.list(kind, options)) if (isNamedLike(kind, name)) yield name;
    else if (kind !== 'pack') foreign.push(foreignFile(kind, name));
  }

  const configs: DamagedFile[] = [];
  for (const name of configNames) {
    const own = await inspect('config', name, (bytes) => decodeConfigFile(bytes, name), configs);
    if (own && !sameConfig(own, stored)) configs.push({ kind: 'config', name, problem: 'it differs from the copy that serves' });
  }
  const unreadable: DamagedFile[] = [];
  for await (const name of named('key')) await inspect('key', name, (bytes) => decodeNamedKeyFile(bytes, name, config.repositoryId), unreadable);
  for await (const { name } of storage.list('intent', options)) await inspect('intent', name, (bytes) => decodeIntentFile(bytes, name, envelope), unreadable);
  const epochs: DamagedFile[] = [];
  for await (const name of named('epoch')) await inspect('epoch', name, (bytes) => decodeEpochFile(bytes, name, envelope), epochs);
  const records: SnapshotRecord[] = [];
  for await (const name of named('snapshot')) {
    const record = await inspect('snapshot', name, (bytes) => decodeSnapshotFile(bytes, name, envelope), unreadable);
    if (record) records.push(record);
  }
  return { configs, epochs, unreadable, foreign, records, ...(await inspectIndexFiles(named('index'))) };

  async function inspectIndexFiles(names: AsyncIterable<string>): Promise<Pick<InspectedFiles, 'indexFiles' | 'listed'>> {
    const indexFiles: DamagedFile[] = [];
    const listed = new Set<string>();
    for await (const name of names) {
      const file = readIndexFile(name, await storage.get('index', name, options), envelope, codec);
      if ('error' in file) indexFiles.push({ kind: 'index', name, problem: file.error.message });
      else for (const pack of file.packs) listed.add(pack.name);
    }
    return { indexFiles, listed };
  }
}

function sameConfig(a: StoredConfig, b: StoredConfig): boolean {
  return a.config.repositoryId === b.config.repositoryId && sameBytes(encodeRepositoryConfig(a), encodeRepositoryConfig(b));
}
