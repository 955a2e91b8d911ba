import { readIndexFile } from '../chunk-index/index-files.ts';
import type { ObjectId } from '../format/object-reference.ts';
import type { PackedObject } from '../format/pack-directory.ts';
import type { PackManifest } from '../format/pack-manifest.ts';
import type { FileEnvelope } from '../format/sealed-file.ts';
import { findDamagedObjects } from '../pack/find-damaged-objects.ts';
import type { PackCodec } from '../pack/pack-codec.ts';
import { parsePack, readPackManifest } from '../pack/read-pack.ts';
import type { Storage, StoredFile } from '../storage/storage.ts';
import type { CheckFindings } from './check-findings.ts';

/** One stored copy of an object, as check judged it. */
export interface CheckedCopy {
  readonly pack: PackManifest;
  readonly object: PackedObject;
  intact: boolean;
}

/** What check learned about packs. */
export interface CheckedPacks {
  readonly copies: ReadonlyMap<ObjectId, readonly CheckedCopy[]>;
  /** Packs whose contents are unknown: damaged directory, and no index file lists them. */
  readonly unknownPacks: readonly string[];
}

/** Looks at every index file and every pack; with `readData` at every byte of every pack. */
export async function checkPacks(
  storage: Pick<Storage, 'get' | 'getRange' | 'list'>,
  envelope: FileEnvelope,
  codec: PackCodec,
  readData: boolean,
  findings: CheckFindings,
): Promise<CheckedPacks> {
  const files = new Map<string, StoredFile>();
  // Packs first: an index file that is newer than this list can then only name packs that are newer too.
  for await (const file of storage.list('pack')) files.set(file.name, file);
  const listed = await checkIndexFiles(storage, envelope, codec, findings);
  const copies = new Map<ObjectId, CheckedCopy[]>();
  const unknownPacks: string[] = [];
  const addCopies = (pack: PackManifest, isIntact: (object: PackedObject) => boolean) => {
    for (const object of pack.directory.objects()) {
      const copy = { pack, object, intact: isIntact(object) };
      const present = copies.get(object.id);
      if (present) present.push(copy);
      else copies.set(object.id, [copy]);
    }
  };

  for (const file of files.values()) {
    const fromIndex = listed.get(file.name);
    const bytes = readData ? await findings.look('pack', file.name, () => storage.get('pack', file.name)) : undefined;
    if (readData && !bytes) {
      if (fromIndex) addCopies(fromIndex, () => false);
      else unknownPacks.push(file.name);
      continue;
    }
    const own = await findings.look('pack', file.name, () => (bytes ? parsePack(file.name, bytes, codec) : readPackManifest(storage, file, codec)));
    const manifest = own ?? fromIndex;
    if (!manifest) {
      unknownPacks.push(file.name);
      continue;
    }
    if (!fromIndex) findings.add('warning', 'pack', file.name, 'no index file lists this pack; the next snapshot will');
    const damagedObjects = bytes ? findDamagedObjects(manifest, bytes, codec) : [];
    const damaged = new Set(damagedObjects.map(({ ordinal }) => ordinal));
    if (damaged.size > 0)
      findings.add('error', 'pack', file.name, `${damaged.size} of ${manifest.directory.objectCount} objects do not match their identity, first ${damagedObjects[0]?.id}`);
    addCopies(manifest, (object) => !damaged.has(object.ordinal) && endOf(object) <= file.sizeBytes);
  }
  for (const pack of listed.values()) {
    if (files.has(pack.name)) continue;
    if (await isThereNow(storage, pack.name)) continue;
    findings.add('error', 'pack', pack.name, 'an index file lists this pack, but it is missing');
    addCopies(pack, () => false);
  }
  return { copies, unknownPacks };
}

/** Where the stored bytes end that reading the object needs. */
function endOf({ frame, offset, lengthBytes }: PackedObject): number {
  return frame.offset + (frame.compression === 'none' ? offset + lengthBytes : frame.storedBytes);
}

async function checkIndexFiles(storage: Pick<Storage, 'get' | 'list'>, envelope: FileEnvelope, codec: PackCodec, findings: CheckFindings): Promise<ReadonlyMap<string, PackManifest>> {
  const listed = new Map<string, PackManifest>();
  for await (const { name } of storage.list('index')) {
    const file = await findings.look('index', name, async () => readIndexFile(name, await storage.get('index', name), envelope, codec));
    if (!file) continue;
    if ('error' in file) findings.add('error', 'index', name, file.error.message);
    else for (const pack of file.packs) listed.set(pack.name, pack);
  }
  return listed;
}

/** Whether a pack was stored after the packs were listed. */
async function isThereNow(storage: Pick<Storage, 'list'>, packName: string): Promise<boolean> {
  for await (const { name } of storage.list('pack')) if (name === packName) return true;
  return false;
}
