import type { ContentReference } from '../format/tree-entry.ts';
import type { HashName } from '../format/repository-config.ts';
import { createIdentity } from '../hashing/create-identity.ts';
import type { Identity } from '../hashing/identity.ts';
import type { CallOptions } from '../repository/call-options.ts';
import { readReferences } from '../snapshot/read-content.ts';
import { compareWindow } from './compare-window.ts';
import { createDeltaMemory, describedRegionBytes, recordBufferBytes, windowBytes, type DeltaMemory } from './delta-memory.ts';
import type { DescribedRegion } from './describe-region.ts';
import { NearbyChunks } from './nearby-chunks.ts';
import { RegionBuilder } from './region-builder.ts';
import { encodeRegionRecord } from './region-record.ts';
import type { SnapshotReader } from './snapshot-reader.ts';

/**
 * The hash by which two snapshots can be compared without reading them, or nothing: they must lie in one repository, whose
 * identities everybody can compute. Those of encrypted repositories are keyed.
 */
export async function hashOfBoth(base: SnapshotReader, result: SnapshotReader): Promise<HashName | undefined> {
  const { id, config } = result.repository;
  if (base.repository.id !== id) return undefined;
  const nothing = new Uint8Array(0);
  const identity = await createIdentity(config.hash);
  return result.repository.identify(nothing) === identity.identify(nothing) ? config.hash : undefined;
}

/**
 * Describes how one snapshot is made from another of the same repository. Chunks that both refer to are equal, and their identities
 * are the digests of their bytes: only what changed is read, and what it replaced. A chunk that moved farther than 64 MiB counts as changed.
 * A region's record is valid until the next one is asked for.
 */
export async function* describeSnapshots(base: SnapshotReader, result: SnapshotReader, hash: HashName, level: number, options: CallOptions): AsyncGenerator<DescribedRegion> {
  const identity = await createIdentity(hash);
  const memory = createDeltaMemory();
  const nearby = new NearbyChunks(readReferences(base.repository, base.content, 'data', options));
  const progress = { position: 0, shift: 0 };
  const into = new SharedArrayBuffer(Math.min(recordBufferBytes, result.bytes + 65_536));
  const describe = (chunks: readonly ContentReference[]): Promise<DescribedRegion> => describeChunks(chunks, progress, { base, result, level, identity, memory, nearby, into });
  try {
    let chunks: ContentReference[] = [];
    let waitingBytes = 0;
    for await (const reference of readReferences(result.repository, result.content, 'data', options)) {
      options.signal?.throwIfAborted();
      chunks.push(reference);
      waitingBytes += reference.lengthBytes;
      if (waitingBytes < describedRegionBytes) continue;
      yield await describe(chunks);
      chunks = [];
      waitingBytes = 0;
    }
    if (chunks.length > 0) yield await describe(chunks);
  } finally {
    await nearby.close();
  }
}

interface Tools {
  readonly base: SnapshotReader;
  readonly result: SnapshotReader;
  readonly level: number;
  readonly identity: Identity;
  readonly memory: DeltaMemory;
  readonly nearby: NearbyChunks;
  readonly into: SharedArrayBuffer;
}

/** Describes a region, and leaves in `progress` where the next one starts and how far it seems to be shifted. */
async function describeChunks(chunks: readonly ContentReference[], progress: { position: number; shift: number }, tools: Tools): Promise<DescribedRegion> {
  const { base, level, identity, nearby } = tools;
  const builder = new RegionBuilder(tools.memory, base, level);
  const start = progress.position;
  let unknownStart = start;
  const endUnknown = async (end: number, nextShift: number): Promise<void> => {
    await describeChanged(builder, unknownStart, end, [...new Set([progress.shift, nextShift])], tools);
  };
  for (const { id, lengthBytes } of chunks) {
    const { position } = progress;
    await nearby.moveTo(position + progress.shift);
    const found = nearby.find(id, position + progress.shift);
    progress.position += lengthBytes;
    if (found === undefined) continue;
    // Of zeros and the like nobody knows which of them these were.
    const shift = found.isUnique ? found.offset - position : progress.shift;
    await endUnknown(position, shift);
    progress.shift = shift;
    builder.copy(found.offset, lengthBytes);
    unknownStart = progress.position;
  }
  await endUnknown(progress.position, progress.shift);
  const pieceBytes = chunks.map(({ lengthBytes }) => lengthBytes);
  const { record, newBytes, zeroBytes } = await builder.finish(pieceBytes);
  const encoded = encodeRegionRecord(record, tools.into);
  const resultDigest = identity.digest(Buffer.from(chunks.map(({ id }) => id).join(''), 'hex'));
  return { entry: { resultBytes: progress.position - start, recordBytes: encoded.length, recordDigest: identity.digest(encoded), resultDigest }, record: encoded, newBytes, zeroBytes };
}

/** Compares changed chunks with what stands in the base before and behind them, byte for byte. */
async function describeChanged(builder: RegionBuilder, start: number, end: number, shifts: readonly number[], { base, result, memory }: Tools): Promise<void> {
  let shift = shifts[0] ?? 0;
  for (let at = start; at < end; at += windowBytes) {
    const window = memory.kernels.bytes.subarray(memory.result, memory.result + Math.min(windowBytes, end - at));
    await result.read(at, window);
    const parts = await compareWindow(memory, base, at, window.length, [...new Set([shift, ...shifts])]);
    shift = await builder.window(window, at, parts, shift);
  }
}
