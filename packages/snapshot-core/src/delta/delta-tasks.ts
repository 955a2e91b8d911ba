import type { HashName } from '../format/repository-config.ts';
import { createIdentity } from '../hashing/create-identity.ts';
import type { Identity } from '../hashing/identity.ts';
import type { TaskContext, WorkerTask } from '../worker-pool/worker-task.ts';
import type { AlignmentHint } from './alignment.ts';
import type { AnchorTable } from './anchor-table.ts';
import { createDeltaMemory, type DeltaMemory } from './delta-memory.ts';
import { describeRegion, type DescribedRegion, type RegionRequest } from './describe-region.ts';
import { createDescriptorReader, type EndReader, type PortableEnd } from './end-reader.ts';
import { rebuildRegion, type RebuildRequest } from './rebuild-region.ts';
import { searchBase } from './search-base.ts';

/** An end as a task takes it: whole where the task runs on the calling thread, else what it is made of again. */
export type TaskEnd = EndReader | PortableEnd;

/** Describes a region for `createDelta`. */
export const describeRegionTask: WorkerTask<{ readonly request: RegionRequest; readonly base: TaskEnd; readonly result: TaskEnd; readonly hash: HashName }, DescribedRegion> = {
  name: 'describe delta region',
  run: async ({ request, base, result, hash }, context) =>
    describeRegion(request, readerOf(base), readerOf(result), memoryOf(context), await identityOf(context, hash), () => context.throwIfAborted()),
};

/** Looks for anchors in a range of the base. */
export const searchBaseTask: WorkerTask<{ readonly base: TaskEnd; readonly start: number; readonly end: number; readonly table: AnchorTable }, AlignmentHint[]> = {
  name: 'search delta base',
  run({ base, start, end, table }, context) {
    context.throwIfAborted();
    return searchBase(memoryOf(context), readerOf(base), start, end, table);
  },
};

/** Makes a region for `applyDelta`. */
export const rebuildRegionTask: WorkerTask<{ readonly request: RebuildRequest; readonly delta: TaskEnd; readonly base: TaskEnd; readonly target: number; readonly hash: HashName }, void> = {
  name: 'rebuild delta region',
  run: async ({ request, delta, base, target, hash }, context) =>
    rebuildRegion(request, readerOf(delta), readerOf(base), target, memoryOf(context), await identityOf(context, hash), () => context.throwIfAborted()),
};

/** What of an end a task on another thread can take; the end itself where there are no other threads. */
export function taskEnd(end: EndReader, workers: number): TaskEnd {
  const { description, bytes, descriptor } = end;
  return workers === 0 || descriptor === undefined ? end : { description, bytes, descriptor };
}

function readerOf(end: TaskEnd): EndReader {
  return 'read' in end ? end : createDescriptorReader(end);
}

function memoryOf(context: TaskContext): DeltaMemory {
  const known = context.memory.get('delta memory') as DeltaMemory | undefined;
  const memory = known ?? createDeltaMemory();
  context.memory.set('delta memory', memory);
  return memory;
}

async function identityOf(context: TaskContext, hash: HashName): Promise<Identity> {
  const key = `delta ${hash}`;
  const known = context.memory.get(key) as Identity | undefined;
  const identity = known ?? (await createIdentity(hash));
  context.memory.set(key, identity);
  return identity;
}
