import { closeSync, openSync, readSync } from 'node:fs';
import type { DirectoryPack } from '../../chunk-index/directory-cache.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { localFilePath } from '../../storage/local-file-path.ts';
import type { EngineTools } from '../engine/engine-tools.ts';
import { isDamage } from '../is-damage.ts';
import { FrameBatch } from './frame-batch.ts';
import { planDirectReads, planFrameRuns, type WantedChunk } from './plan-pack-reads.ts';

/** A chunk and its place in a window. */
export interface WindowChunk {
  readonly id: Uint8Array;
  readonly lengthBytes: number;
  readonly target: number;
}

const maxRunBytes = 4_194_304;

/**
 * Fills a window with stored chunks, each verified by its identity. Packs of a local folder are read directly, in their own order;
 * what is not found intact there is loaded from wherever another copy is.
 *
 * @param window in any memory; whatever `chunks` do not cover stays as it is
 * @param onLost told of each chunk whose content is lost, instead of the error that says so; anything may be in its place then
 * @throws {SnapshotError} `object/missing`, `object/damaged`, `storage/failed`
 */
export async function fillWindow(tools: EngineTools, window: Uint8Array, chunks: readonly WindowChunk[], onLost?: (chunk: WindowChunk) => void): Promise<void> {
  const firsts = new Map<string, WindowChunk>();
  const repeats: { readonly chunk: WindowChunk; readonly first: WindowChunk }[] = [];
  for (const chunk of chunks) {
    const key = Buffer.from(chunk.id.buffer, chunk.id.byteOffset, chunk.id.length).toString('latin1');
    const first = firsts.get(key);
    if (first) repeats.push({ chunk, first });
    else firsts.set(key, chunk);
  }
  if (tools.localPath !== undefined) readPacks(tools, tools.localPath, window, firsts.values());
  const lost = new Set<WindowChunk>();
  const attempt = async (chunk: WindowChunk, work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (onLost === undefined || !isDamage(error)) throw error;
      lost.add(chunk);
      onLost(chunk);
    }
  };
  for (const chunk of firsts.values()) {
    const { id, lengthBytes, target } = chunk;
    // What was not read leaves other bytes here, which are not the chunk either.
    if (tools.localPath !== undefined && isIntact(tools, window.subarray(target, target + lengthBytes), id)) continue;
    await attempt(chunk, async () => window.set(await loadChunk(tools, id, lengthBytes), target));
  }
  for (const { chunk, first } of repeats) {
    if (lost.has(first)) onLost?.(chunk);
    else
      await attempt(chunk, () => {
        requireLength(chunk.id, first.lengthBytes, chunk.lengthBytes);
        window.copyWithin(chunk.target, first.target, first.target + first.lengthBytes);
      });
  }
}

function isIntact({ identity }: EngineTools, bytes: Uint8Array, id: Uint8Array): boolean {
  return Buffer.compare(identity.digest(bytes), id) === 0;
}

async function loadChunk(tools: EngineTools, id: Uint8Array, lengthBytes: number): Promise<Uint8Array> {
  const bytes = await tools.load(Buffer.from(id).toString('hex'));
  requireLength(id, bytes.length, lengthBytes);
  return bytes;
}

function requireLength(id: Uint8Array, found: number, expected: number): void {
  if (found !== expected)
    throw new SnapshotError('format/damaged', `object ${Buffer.from(id).toString('hex')} has ${found} bytes, ${expected} were referred to; run check`);
}

/** Reads what it can; what it cannot is left for the caller to notice. */
function readPacks(tools: EngineTools, localPath: string, window: Uint8Array, chunks: Iterable<WindowChunk>): void {
  const wanted = new Map<number, { readonly pack: DirectoryPack; readonly chunks: WantedChunk[] }>();
  for (const { id, lengthBytes, target } of chunks) {
    tools.index.visitCopies(id, (pack, objectOrdinal) => {
      const { frame, offset, lengthBytes: storedLength } = pack.directory.object(objectOrdinal);
      if (storedLength !== lengthBytes) return false;
      const entry = wanted.get(pack.ordinal) ?? { pack, chunks: [] };
      wanted.set(pack.ordinal, entry);
      entry.chunks.push({ frame, offset, lengthBytes, target });
      return true;
    });
  }
  const batch = new FrameBatch(tools.codec, window);
  for (const { pack, chunks: inPack } of wanted.values()) ignoreFailedReads(() => readPack(tools, localFilePath(localPath, 'pack', pack.name), pack, window, inPack, batch));
  ignoreFailedReads(() => batch.open());
}

function ignoreFailedReads(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!SnapshotError.isInstance(error) && !(error instanceof Error && 'code' in error)) throw error;
  }
}

function readPack({ codec }: EngineTools, path: string, pack: DirectoryPack, window: Uint8Array, chunks: readonly WantedChunk[], batch: FrameBatch): void {
  const isEncrypted = codec.cipherOf(pack.prefix) !== undefined;
  const isDirect = ({ frame }: WantedChunk) => !isEncrypted && frame.compression === 'none';
  const file = openSync(path, 'r');
  try {
    for (const { fileOffset, lengthBytes, target } of planDirectReads(chunks.filter(isDirect))) readInto(file, window.subarray(target, target + lengthBytes), fileOffset);
    for (const run of planFrameRuns(chunks.filter((chunk) => !isDirect(chunk)), maxRunBytes)) {
      const stored = new Uint8Array(run.lengthBytes);
      if (!readInto(file, stored, run.fileOffset)) continue;
      batch.add(pack, run, stored);
    }
  } finally {
    closeSync(file);
  }
}

/** @returns whether the file had that much */
function readInto(file: number, into: Uint8Array, fileOffset: number): boolean {
  for (let done = 0; done < into.length;) {
    const bytesRead = readSync(file, into, done, into.length - done, fileOffset + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
