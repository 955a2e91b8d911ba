import { CopySet } from '../chunk-index/copy-set.ts';
import { readIndexFile } from '../chunk-index/index-files.ts';
import { ObjectIndex } from '../chunk-index/object-index.ts';
import type { PackedObject } from '../format/pack-directory.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { findDamagedObjects } from '../pack/find-damaged-objects.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { parsePack, readPackManifest } from '../pack/read-pack.ts';
import type { Storage, StoredFile } from '../storage/storage.ts';
import type { CheckFindings } from './check-findings.ts';

/** What looking at packs takes. */
export interface CheckPacksInput {
  readonly storage: Pick<Storage, 'get' | 'getRange' | 'list'>;
  /** Folder of the repository, where there is one. */
  readonly localPath: string | undefined;
  readonly envelope: FileEnvelope;
  readonly codec: PackCodec;
  readonly readData: boolean;
  readonly findings: CheckFindings;
  /** Keeps the lease, where it is time to. */
  readonly renewLease: () => Promise<void>;
}

/** What check learned about packs. */
export interface CheckedPacks {
  /** Everything that some directory lists, whether it is there or not. */
  readonly index: ObjectIndex;
  /** Copies that are not what was stored. */
  readonly damaged: CopySet;
  /** Copies that the storage did not give: they may be intact. */
  readonly unread: CopySet;
  /** Packs whose contents are unknown: damaged or unread directory, and no index file lists them. */
  readonly unknownPacks: readonly string[];
  /** Index files that could not be read: they may list the unknown packs. */
  readonly unreadIndexFiles: readonly string[];
}

/** Looks at every index file and every pack; with `readData` at every byte of every pack. Holds one pack at a time. */
export async function checkPacks(input: CheckPacksInput): Promise<CheckedPacks> {
  const { storage, localPath, codec, readData, findings, renewLease } = input;
  const files = new Map<string, StoredFile>();
  // Packs first: an index file that is newer than this list can then only name packs that are newer too.
  for await (const file of storage.list('pack')) files.set(file.name, file);
  if (readData) findings.totalBytes = [...files.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const listed = await checkIndexFiles(input);
  // One that could not be read may list anything.
  const hasReadIndex = findings.unreadFiles('index').length === 0;
  const index = new ObjectIndex({ opener: codec, localPath });
  const copies = { damaged: new CopySet(), unread: new CopySet() };
  /** Packs that cannot say themselves what is in them. */
  const silent = new Set<string>();

  for (const file of files.values()) {
    const { name } = file;
    await renewLease();
    const bytes = readData ? await findings.look('pack', name, () => storage.get('pack', name)) : undefined;
    const isReadable = !readData || bytes !== undefined;
    const own = isReadable ? await findings.look('pack', name, () => (bytes ? parsePack(name, bytes, codec) : readPackManifest(storage, file, codec))) : undefined;
    if (!own) {
      silent.add(name);
      continue;
    }
    if (!listed.has(name) && hasReadIndex) findings.add('warning', 'pack', name, 'no index file lists this pack; the next snapshot will');
    if (bytes) judgeObjects(own, bytes, input, index.addPack(own), copies.damaged);
    else index.addPack(own);
  }
  for (const name of await findMissing(storage, files, listed.keys())) {
    findings.add('error', 'pack', name, 'an index file lists this pack, but it is missing');
    silent.add(name);
  }
  await askIndexFiles(input, files, silent, new Set([...silent].flatMap((name) => listed.get(name) ?? [])), index, copies);
  return { index, ...copies, unknownPacks: [...silent], unreadIndexFiles: findings.unreadFiles('index') };
}

/** Which index file lists each pack. */
async function checkIndexFiles({ storage, envelope, codec, findings, renewLease }: CheckPacksInput): Promise<ReadonlyMap<string, string>> {
  const listed = new Map<string, string>();
  for await (const { name } of storage.list('index')) {
    await renewLease();
    const file = await findings.look('index', name, async () => readIndexFile(name, await storage.get('index', name), envelope, codec));
    if (!file) continue;
    if ('error' in file && file.error.code === 'repository/key-outdated') throw file.error;
    if ('error' in file) findings.add('error', 'index', name, file.error.message);
    else for (const pack of file.packs) listed.set(pack.name, name);
  }
  return listed;
}

/** Takes silent packs into the index with what index files say about them, and out of `silent`. */
async function askIndexFiles(
  input: CheckPacksInput, files: ReadonlyMap<string, StoredFile>, silent: Set<string>, indexFiles: ReadonlySet<string>, index: ObjectIndex, { damaged, unread }: Pick<CheckedPacks, 'damaged' | 'unread'>,
): Promise<void> {
  const { storage, envelope, codec, readData, findings, renewLease } = input;
  for (const name of indexFiles) {
    const bytes = await findings.read('index', name, () => storage.get('index', name));
    const file = bytes && readIndexFile(name, bytes, envelope, codec);
    for (const pack of file && 'packs' in file ? file.packs : []) {
      if (!silent.delete(pack.name)) continue;
      await renewLease();
      const ordinal = index.addPack(pack);
      index.lendDirectory(ordinal, pack);
      const sizeBytes = files.get(pack.name)?.sizeBytes ?? 0;
      if (findings.isUnread('pack', pack.name) && sizeBytes !== pack.fileBytes) findings.add('error', 'pack', pack.name, `it has ${sizeBytes} bytes, and an index file describes ${pack.fileBytes}`);
      const stored = readData && sizeBytes > 0 && !findings.isUnread('pack', pack.name) ? await findings.read('pack', pack.name, () => storage.get('pack', pack.name)) : undefined;
      if (stored) judgeObjects(pack, stored, input, ordinal, damaged);
      const isUnread = findings.isUnread('pack', pack.name);
      for (const object of pack.directory.objects())
        if (endOf(object) > sizeBytes || (readData && !stored && !isUnread)) damaged.add(ordinal, object.ordinal, pack.directory.objectCount);
        else if (readData && isUnread) unread.add(ordinal, object.ordinal, pack.directory.objectCount);
    }
  }
}

function judgeObjects(pack: PackManifest, bytes: Uint8Array, { codec, findings }: CheckPacksInput, ordinal: number, damaged: CopySet): void {
  const lost = findDamagedObjects(pack, bytes, codec);
  const { objectCount } = pack.directory;
  for (const object of lost) damaged.add(ordinal, object.ordinal, objectCount);
  if (lost.length > 0) findings.add('error', 'pack', pack.name, `${lost.length} of ${objectCount} objects do not match their identity, first ${lost[0]?.id}`);
}

/** Where the stored bytes end that reading the object needs. */
function endOf({ frame, offset, lengthBytes }: PackedObject): number {
  return frame.offset + (frame.compression === 'none' ? offset + lengthBytes : frame.storedBytes);
}

/** Listed packs that are not there, and were not stored after the packs were listed either. */
async function findMissing(storage: Pick<Storage, 'list'>, files: ReadonlyMap<string, StoredFile>, listed: Iterable<string>): Promise<Iterable<string>> {
  const missing = new Set<string>();
  for (const name of listed) if (!files.has(name)) missing.add(name);
  if (missing.size > 0) for await (const { name } of storage.list('pack')) missing.delete(name);
  return missing;
}
