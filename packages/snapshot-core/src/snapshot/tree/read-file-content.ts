import { readSync } from 'node:fs';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { regionBytes } from '../../chunking/chunk-profiles.ts';
import type { ContentReference, ContentTable, FileEntry } from '../../format/tree-entry.ts';
import { maxInlineReferences } from '../../format/tree-entry-codec.ts';
import type { FileFacts } from '../../source/file-facts.ts';
import { readFilePieces } from '../../source/read-pieces.ts';
import { ContentBuilder } from '../content-builder.ts';
import { PackedContentBuilder } from '../packed-content-builder.ts';
import { isDamage } from '../is-damage.ts';
import { hasZeroBlock } from '../non-zero-runs.ts';
import { countPacked } from '../../format/packed-references.ts';
import { Prediction } from '../region/prediction.ts';
import { readParentWindows, type ParentWindow } from '../region/read-parent-windows.ts';
import { takeRegion } from '../region/take-region.ts';
import { storeContent, type StoredContent } from '../store-content.ts';
import { reportDamage } from './report-damage.ts';
import type { TakeContext } from './take-context.ts';

/** A file's content, and whether it had holes. */
export interface StoredFile extends StoredContent {
  readonly hasHoles: boolean;
}

/** From this size on, content is taken region by region: with fingerprints, and predicted from the parent's. */
export const regionFileBytes = 1_048_576;

/**
 * Reads an open file, cuts it into chunks and saves them. It reads what the file had when it was looked at, fewer bytes when it
 * shrinks meanwhile.
 *
 * @throws system errors of reading
 */
export function readFileContent(context: TakeContext, descriptor: number, path: Uint8Array, { bytes, allocatedBytes }: FileFacts, parent: FileEntry | undefined): Promise<StoredFile> {
  context.budget.spendBytes(bytes);
  // Node cannot ask where the holes are: a file that takes less room than it has bytes, and has blocks of zeros, is taken for sparse.
  const holes: Holes = { mayBe: allocatedBytes < bytes, found: false };
  return bytes < regionFileBytes ? readSmall(context, descriptor, bytes, holes) : readRegions(context, descriptor, path, bytes, parent, holes);
}

interface Holes {
  readonly mayBe: boolean;
  found: boolean;
}

/** The whole file into the kernels' memory, cut and hashed there. */
async function readSmall(context: TakeContext, descriptor: number, bytes: number, holes: Holes): Promise<StoredFile> {
  const { tools, tally } = context;
  const { kernels, identity, parameters } = tools;
  const { dataStart, bytes: memory } = kernels;
  let end = dataStart;
  while (end < dataStart + bytes) {
    const bytesRead = readSync(descriptor, memory, end, dataStart + bytes - end, end - dataStart);
    if (bytesRead === 0) break;
    end += bytesRead;
  }
  if (holes.mayBe) holes.found = hasZeroBlock(memory.subarray(dataStart, end), 0);
  const references: ContentReference[] = [];
  for (let start = dataStart; start < end;) {
    const cutEnd = end - start <= parameters.minBytes ? end : kernels.findCut(start, end);
    const cut = cutEnd === end ? 'end' : kernels.cutByContent ? 'content' : 'max';
    const chunk = memory.subarray(start, cutEnd);
    const id = identity.identify(chunk);
    const lengthBytes = chunk.length;
    tally.saved({ id, lengthBytes, added: await tools.saveAs(id, chunk, 'data') });
    references.push({ kind: 'data', id, lengthBytes, cut, measure: lengthBytes });
    start = cutEnd;
  }
  tally.bytesRead += end - dataStart;
  const content = references.length <= maxInlineReferences ? { level: 0, references } : await buildContent(context, references);
  return { content, bytes: end - dataStart, chunkCount: references.length, hasHoles: holes.found };
}

async function readRegions(context: TakeContext, descriptor: number, path: Uint8Array, bytes: number, parent: FileEntry | undefined, holes: Holes): Promise<StoredFile> {
  const { tools, tally, objects } = context;
  const builder = new PackedContentBuilder(objects, tally.saved);
  const windows = parent === undefined ? undefined : readParentWindows(objects, parent.content, {});
  let chunkCount = 0;
  try {
    for (let offset = 0; offset < bytes; offset += regionBytes) {
      const endOffset = Math.min(bytes, offset + regionBytes);
      const window = await nextWindow(windows, (error) => reportDamage(context, path, error));
      await context.pacer.turn();
      const taken = await takeRegion({
        offset, endOffset, isLast: endOffset === bytes, generation: context.generation, verifyAll: context.verifyAll, unchanged: [],
        prediction: window && new Prediction(window.packed, window.firstOffset),
        readAt: (into, position) => readWatched(descriptor, into, position, holes),
      }, { ...tools, has: (id) => tools.has(id, 'data'), save: (id, chunk) => tools.saveAs(id, chunk, 'data'), check: context.check });
      tally.bytesRead += taken.bytesRead;
      tally.bytesAdded += taken.addedBytes;
      await builder.add(taken.packed, {});
      chunkCount += countPacked(taken.packed);
    }
    return { content: await builder.finish({}), bytes, chunkCount, hasHoles: holes.found };
  } catch (error) {
    if (!SnapshotError.isInstance(error) || error.code !== 'source/unreadable') throw error;
    // It has become shorter than it was; what there is now is taken as it comes.
    return { ...(await storeContent({ repository: objects, parameters: tools.parameters, tally, options: {} }, readFilePieces(descriptor, bytes))), hasHoles: holes.found };
  } finally {
    await windows?.return(undefined);
  }
}

function readWatched(descriptor: number, into: Uint8Array, position: number, holes: Holes): number {
  const bytesRead = readSync(descriptor, into, 0, into.length, position);
  if (holes.mayBe && !holes.found) holes.found = hasZeroBlock(into.subarray(0, bytesRead), position);
  return bytesRead;
}

/** What the parent had around the next region; nothing where it is damaged, which costs speed alone. */
async function nextWindow(windows: AsyncGenerator<ParentWindow, void> | undefined, onDamage: (error: unknown) => void): Promise<ParentWindow | undefined> {
  try {
    const step = await windows?.next();
    return step === undefined || step.done === true ? undefined : step.value;
  } catch (error) {
    if (!isDamage(error)) throw error;
    onDamage(error);
    return undefined;
  }
}

async function buildContent({ objects, tally }: TakeContext, references: readonly ContentReference[]): Promise<ContentTable> {
  const builder = new ContentBuilder(objects, 'data', tally.saved);
  for (const reference of references) await builder.add(reference, {});
  return builder.finish({});
}
