import { readSync } from 'node:fs';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { rangesWithin } from '../../source/byte-range.ts';
import type { ByteRange } from '../../source/byte-range.ts';
import type { WorkerTask } from '../../worker-pool/worker-task.ts';
import { engineToolsOf } from '../engine/engine-tools.ts';
import { Prediction } from './prediction.ts';
import type { ParentWindow } from './read-parent-windows.ts';
import type { ReadAt } from './region-window.ts';
import { takeRegion, type TakenRegion } from './take-region.ts';

/** One region of a volume that is open in this process. */
export interface TakeRegionInput {
  readonly descriptor: number;
  readonly region: ByteRange;
  readonly isLast: boolean;
  readonly generation: number;
  readonly verifyAll: boolean;
  readonly parent?: ParentWindow | undefined;
  /** Parts of the region that a change tracker knows to be unchanged, sorted and joined. */
  readonly unchanged: readonly ByteRange[];
  /** Parts of the region that hold anything, sorted and joined; what lies between counts as zeros. Default: all of it. */
  readonly allocated?: readonly ByteRange[] | undefined;
}

/** Takes one region of a volume. */
export const takeRegionTask: WorkerTask<TakeRegionInput, TakenRegion> = {
  name: 'take-region',
  run({ descriptor, region, parent, allocated, ...rest }, context) {
    const tools = engineToolsOf(context);
    return takeRegion({
      ...rest, offset: region.offset, endOffset: region.offset + region.bytes,
      readAt: allocated === undefined ? readFrom(descriptor) : withZeros(readFrom(descriptor), allocated),
      prediction: parent && new Prediction(parent.packed, parent.firstOffset),
    }, {
      ...tools,
      has: (id) => tools.has(id, 'data'),
      save: (id, bytes) => tools.saveAs(id, bytes, 'data'),
      check: () => context.throwIfAborted(),
    });
  },
};

function readFrom(descriptor: number): ReadAt {
  return (into, position) => {
    try {
      return readSync(descriptor, into, 0, into.length, position);
    } catch (cause) {
      throw new SnapshotError('source/unreadable', `the volume cannot be read at byte ${position}; check the disk`, { cause });
    }
  };
}

/** Reads what is allocated, and makes up the zeros between. */
function withZeros(readAt: ReadAt, allocated: readonly ByteRange[]): ReadAt {
  return (into, position) => {
    const [next] = rangesWithin(allocated, { offset: position, bytes: into.length });
    if (next?.offset === position) return readAt(into.subarray(0, next.bytes), position);
    const zeroBytes = next === undefined ? into.length : next.offset - position;
    into.fill(0, 0, zeroBytes);
    return zeroBytes;
  };
}
