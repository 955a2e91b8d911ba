import type { CopySet } from '../chunk-index/copy-set.ts';
import type { MetObjects } from '../chunk-index/object-set.ts';
import type { ObjectKind } from '../format/object-reference.ts';
import type { PackDirectory } from '../format/pack-directory.ts';
import type { DoubtfulCopies } from './find-damaged-copies.ts';
import type { PrunablePack } from './plan-prune.ts';

/** A pack whose objects are to be counted. */
export interface CountedPack {
  readonly ordinal: number;
  readonly name: string;
  readonly kind: ObjectKind;
  readonly condemnedAtMs?: number;
}

/** What the counting depends on. */
export interface LiveObjectsInput {
  readonly packs: readonly CountedPack[];
  readonly directoryOf: (ordinal: number) => Pick<PackDirectory, 'objectCount' | 'idAt' | 'lengthAt'>;
  /** Copies of objects that some snapshot needs. */
  readonly needed: CopySet;
  /** Copies that were found damaged, and those that could not be read. */
  readonly doubtful: DoubtfulCopies;
  /** An empty set; it takes the objects that have found their pack. */
  readonly settled: MetObjects;
  /** An empty set; it takes the copies that were chosen. */
  readonly live: CopySet;
}

type CopyState = 'intact' | 'unread' | 'damaged';

interface Count {
  objectCount: number;
  liveCount: number;
  liveBytes: number;
  totalBytes: number;
  damagedCount: number;
}

/**
 * Chooses for each needed object the one pack it is live in: an intact copy first, then one that could not be read, then a damaged one; among
 * these one in a pack that is not condemned. Answers in the order of the packs.
 *
 * @param beforePack called before each pack is looked through
 */
export async function countLiveObjects(input: LiveObjectsInput, beforePack: () => Promise<void>): Promise<readonly PrunablePack[]> {
  const counts = new Map<number, Count>();
  const keptFirst = input.packs.toSorted((a, b) => Number(a.condemnedAtMs !== undefined) - Number(b.condemnedAtMs !== undefined));
  for (const state of statesToTake(input.doubtful))
    for (const pack of keptFirst) {
      await beforePack();
      const count = counts.get(pack.ordinal) ?? { objectCount: 0, liveCount: 0, liveBytes: 0, totalBytes: 0, damagedCount: 0 };
      counts.set(pack.ordinal, count);
      countIn(pack, count, state, input);
    }
  return input.packs.map(({ ordinal, name, kind, condemnedAtMs }) => {
    const { totalBytes = 0, liveBytes = 0, objectCount = 0, liveCount = 0, damagedCount = 0 } = counts.get(ordinal) ?? {};
    return { name, kind, objectCount, liveCount, liveBytes, deadBytes: totalBytes - liveBytes, damagedCount, ...(condemnedAtMs !== undefined && { condemnedAtMs }) };
  });
}

function statesToTake({ damaged, unread }: DoubtfulCopies): readonly CopyState[] {
  return ['intact', ...(unread.isEmpty ? [] : ['unread' as const]), ...(damaged.isEmpty ? [] : ['damaged' as const])];
}

function stateOf({ damaged, unread }: DoubtfulCopies, packOrdinal: number, objectOrdinal: number): CopyState {
  if (damaged.has(packOrdinal, objectOrdinal)) return 'damaged';
  return unread.has(packOrdinal, objectOrdinal) ? 'unread' : 'intact';
}

function countIn({ ordinal, kind }: CountedPack, count: Count, state: CopyState, { directoryOf, needed, doubtful, settled, live }: LiveObjectsInput): void {
  const directory = directoryOf(ordinal);
  count.objectCount = directory.objectCount;
  count.totalBytes = 0;
  for (let object = 0; object < directory.objectCount; object++) {
    const lengthBytes = directory.lengthAt(object);
    count.totalBytes += lengthBytes;
    if (!needed.has(ordinal, object) || stateOf(doubtful, ordinal, object) !== state || !settled.add(directory.idAt(object), kind)) continue;
    live.add(ordinal, object, directory.objectCount);
    count.liveCount++;
    count.liveBytes += lengthBytes;
    if (state !== 'intact') count.damagedCount++;
  }
}
