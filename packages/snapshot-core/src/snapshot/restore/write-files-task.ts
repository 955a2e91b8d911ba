import { pathsIn } from '../../source/directory-handle.ts';
import { createPacer } from '../../source/pacer.ts';
import { SyncQueue } from '../../source/sync-queue.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';
import type { TaskContext, WorkerTask } from '../../worker-pool/worker-task.ts';
import { engineToolsOf } from '../engine/engine-tools.ts';
import { isFatalWriteError } from '../fatal-write-error.ts';
import { countPacked, packedChunkAt } from '../../format/packed-references.ts';
import { fillWindow, type WindowChunk } from '../window/fill-window.ts';
import { filesOfUnit, type FileUnit } from './file-unit.ts';
import { NewFiles } from './new-files.ts';

/** What came of a unit. Files are named by their place in it. */
export interface WrittenFiles {
  /** Ascending: those that were not written, whatever the reason. */
  readonly left: readonly number[];
  /** Properties that the target refused. */
  readonly refused: readonly { readonly file: number; readonly properties: readonly string[] }[];
}

/** Writes the files of a unit, durably, each chunk verified before. What cannot be written is left, and nothing of it stays. */
export const writeFilesTask: WorkerTask<FileUnit, WrittenFiles> = {
  name: 'write-files',
  async run(unit, context) {
    const { window, lost } = await loadContents(unit, context);
    const syncQueue = syncQueueOf(context);
    try {
      return await writeFiles(unit, window, lost, syncQueue, context);
    } finally {
      await syncQueue.drain();
    }
  },
};

/** All chunks one after the other, and the ordinals of those that are lost. */
async function loadContents({ packed }: FileUnit, context: TaskContext): Promise<{ readonly window: Uint8Array; readonly lost: ReadonlySet<number> }> {
  const tools = engineToolsOf(context);
  const { bytes, dataStart } = tools.kernels;
  const chunks: WindowChunk[] = [];
  let target = 0;
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) {
    const { id, lengthBytes } = packedChunkAt(packed, ordinal);
    chunks.push({ id, lengthBytes, target });
    target += lengthBytes;
  }
  const lost = new Set<WindowChunk>();
  const window = bytes.subarray(dataStart, dataStart + target);
  await fillWindow(tools, window, chunks, (chunk) => lost.add(chunk));
  return { window, lost: new Set(lost.size === 0 ? [] : chunks.flatMap((chunk, ordinal) => (lost.has(chunk) ? [ordinal] : []))) };
}

async function writeFiles(unit: FileUnit, window: Uint8Array, lost: ReadonlySet<number>, syncQueue: SyncQueue, context: TaskContext): Promise<WrittenFiles> {
  const pacer = createPacer(context);
  const directories = unit.directories.map((link) => new NewFiles(pathsIn(link)));
  const left: number[] = [];
  const refused: WrittenFiles['refused'][number][] = [];
  let isBroken = false;
  let ordinal = -1;
  let chunk = 0;
  let offset = 0;
  for (const file of filesOfUnit(unit)) {
    ordinal += 1;
    const start = offset;
    const firstChunk = chunk;
    offset += file.size;
    chunk += file.chunkCount;
    if (isBroken || anyIn(lost, firstChunk, chunk)) {
      left.push(ordinal);
      continue;
    }
    if (pacer.isDue()) await pacer.turn();
    try {
      const written = directories[file.directory]?.write(file, window.subarray(start, offset));
      if (written === undefined) throw new RangeError(`the unit has no directory ${file.directory}`);
      if (written.refused.length > 0) refused.push({ file: ordinal, properties: written.refused });
      await syncQueue.add(written.descriptor, written.discard);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      // What hits every other file as well is met again, and told, by whoever writes what is left.
      isBroken = isFatalWriteError(code);
      left.push(ordinal);
    }
  }
  return { left, refused };
}

function anyIn(ordinals: ReadonlySet<number>, start: number, end: number): boolean {
  if (ordinals.size === 0) return false;
  for (let ordinal = start; ordinal < end; ordinal++) if (ordinals.has(ordinal)) return true;
  return false;
}

const memoryKey = 'sync queue';

/** One for each thread: it learns how long the target takes. */
function syncQueueOf({ memory }: TaskContext): SyncQueue {
  const known = memory.get(memoryKey);
  if (known instanceof SyncQueue) return known;
  const made = new SyncQueue();
  memory.set(memoryKey, made);
  return made;
}
