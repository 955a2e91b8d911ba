import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { SnapshotDraft } from '../format/snapshot-record.ts';
import type { CallOptions } from './call-options.ts';
import { checkUnderLease } from './check-repository.ts';
import type { CheckOptions } from './check-report.ts';
import { commitSnapshot } from './commit-snapshot.ts';
import { condemnPacks } from './condemn-packs.ts';
import { readPruneEpoch } from './epoch-files.ts';
import { deriveChunkKeys } from './derive-chunk-keys.ts';
import type { LeaseHolder, LeaseMode, LeaseOptions } from './lease.ts';
import { decodeIntentFile, encodeIntentFile } from './intent-files.ts';
import { manageKeys } from './manage-keys.ts';
import type { PruneOptions } from './prune-report.ts';
import type { ObjectLocation, Repository } from './repository.ts';
import { reloadForReading, reloadIndex, type RepositoryState } from './repository-state.ts';
import { requireExclusivity } from './require-exclusivity.ts';
import { runPrune } from './run-prune.ts';
import { listSnapshotFiles, readSnapshotFile } from './snapshot-files.ts';
import type { RepositoryAccess } from './unlock-repository.ts';

/** Puts the public face on a state: leases are demanded here, the work is done by the functions it calls. */
export function createOpenedRepository(state: RepositoryState, access: RepositoryAccess, holder: LeaseHolder): Repository {
  const { storage, config, envelope, objects, leases } = state;
  const chunkKeys = deriveChunkKeys(access.secret);
  const { repositoryId } = config;

  async function beforeWrite(options?: CallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    if (leases.heldCount === 0) throw new SnapshotError('repository/lease-required', 'this call writes: make it inside repository.withLease');
    objects.requireEveryDataKey();
    await leases.renew(options);
  }

  async function withLease<T>(mode: LeaseMode, work: () => Promise<T>, options?: LeaseOptions): Promise<T> {
    const giveBack = await leases.acquire(mode, options);
    try {
      await followPrune(options);
      return await work();
    } finally {
      await giveBack();
    }
  }

  /** Answers given under an older epoch still count for whoever else is at work, and for trees without a snapshot; the commit looks into them then. */
  async function followPrune(options?: CallOptions): Promise<void> {
    if (leases.heldCount > 1 || objects.hasUncommitted) return;
    try {
      if ((await readPruneEpoch(storage, envelope, options)).epoch !== state.epoch) state.epoch = (await reloadIndex(state, options)).epoch;
    } catch (error) {
      // Reading goes on without it; a commit asks again.
      if (!SnapshotError.isInstance(error) || error.code !== 'storage/failed') throw error;
    }
  }

  async function load(id: ObjectId, options?: CallOptions): Promise<Uint8Array> {
    try {
      return await objects.load(id, options);
    } catch (error) {
      if (!SnapshotError.isInstance(error) || error.code !== 'object/missing') throw error;
      // Another process may have stored it, or moved it, since the index was read.
      await reloadForReading(state, options);
      return objects.load(id, options);
    }
  }

  return {
    ...manageKeys(state, access.keyFile),
    id: repositoryId,
    config,
    chunkingKey: chunkKeys.chunkingKey,
    engine: { objects, chunkKeys, renewLeases: () => leases.renew() },
    description: storage.description,
    localPath: storage.localPath,
    withLease,
    identify: (bytes) => objects.codec.identity.identify(bytes),
    has: (id, kind) => objects.has(id, kind),
    locate: (id) => locate(state, id),
    save: async (bytes: Uint8Array, kind: ObjectKind, options?: CallOptions) => {
      if (leases.heldCount === 0) throw new SnapshotError('repository/lease-required', 'saving writes: do it inside repository.withLease');
      const saved = await objects.save(bytes, kind, options);
      await leases.renew(options);
      return saved;
    },
    load,
    flush: async (options) => {
      await beforeWrite(options);
      await objects.flush(options);
    },
    commitSnapshot: async (draft: SnapshotDraft, options) => {
      await beforeWrite(options);
      return commitSnapshot(state, draft, options);
    },
    listSnapshots: (options) => listSnapshotFiles(storage, envelope, options),
    getSnapshot: (id, options) => readSnapshotFile(storage, envelope, id, options),
    forgetSnapshot: async (id, options) => {
      await beforeWrite(options);
      await storage.delete('snapshot', id, options);
    },
    putRecord: async (name, bytes, options) => {
      await beforeWrite(options);
      await storage.put('intent', name, [encodeIntentFile(bytes, name, envelope)], options);
    },
    getRecord: async (name, options) => {
      try {
        return decodeIntentFile(await storage.get('intent', name, options), name, envelope);
      } catch (error) {
        if (SnapshotError.isInstance(error) && error.code === 'storage/not-found') return undefined;
        throw error;
      }
    },
    listRecords: async (options) => {
      const names: string[] = [];
      for await (const { name } of storage.list('intent', options)) names.push(name);
      return names.toSorted();
    },
    deleteRecord: async (name, options) => {
      await beforeWrite(options);
      await storage.delete('intent', name, options);
    },
    prune: async (options?: PruneOptions) => {
      await requireExclusivity(storage, 'prune', options);
      const giveBack = await leases.acquire('exclusive', options);
      try {
        return await runPrune(state, options);
      } finally {
        await giveBack();
      }
    },
    check: (options?: CheckOptions) => checkUnderLease({ ...options, storage, clock: state.clock, randomBytes: state.randomBytes, holder, access }, (packNames) => condemnPacks(state, packNames, options)),
  };
}

function locate(state: RepositoryState, id: ObjectId): ObjectLocation | undefined {
  const [copy] = state.objects.index.copiesOf(id);
  if (!copy) {
    state.objects.requireEveryDataKey();
    return undefined;
  }
  const { pack, object } = copy;
  const { frame, lengthBytes } = object;
  // In a compressed frame it lies somewhere; in proportion is good enough to sort by.
  const offsetInFrame = Math.floor((object.offset * frame.storedBytes) / Math.max(1, frame.plainBytes));
  return { kind: pack.kind, packName: pack.name, offset: frame.offset + offsetInFrame, lengthBytes };
}
