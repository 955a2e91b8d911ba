import type { Identity } from '../hashing/identity.ts';
import { shiftsToTry, type AlignmentHint } from './alignment.ts';
import { compareWindow } from './compare-window.ts';
import { windowBytes, type DeltaMemory } from './delta-memory.ts';
import type { DeltaRegion } from './delta-directory.ts';
import type { EndReader } from './end-reader.ts';
import { RegionBuilder } from './region-builder.ts';
import { encodeRegionRecord } from './region-record.ts';

/** A region of the result that is to be described. */
export interface RegionRequest {
  /** Bytes of the result, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly hints: readonly AlignmentHint[];
  /** zstd's. */
  readonly level: number;
  /** Where the record goes if it fits. Garbage of megabytes piles up before it is collected, so callers use a few again and again. */
  readonly into?: SharedArrayBuffer;
}

/** A region, described. */
export interface DescribedRegion {
  /** What the directory says of it. */
  readonly entry: DeltaRegion;
  /** The encoded record; in shared memory, so that it crosses threads without being copied. */
  readonly record: Uint8Array;
  readonly newBytes: number;
  readonly zeroBytes: number;
}

/** Describes how a region is made from the base, reading both once. Depends on the bytes and the request only. */
export async function describeRegion(request: RegionRequest, base: EndReader, result: EndReader, memory: DeltaMemory, identity: Identity, throwIfAborted: () => void): Promise<DescribedRegion> {
  const { start, end, hints, level, into } = request;
  const builder = new RegionBuilder(memory, base, level);
  const hash = identity.create();
  let shift = hints[0]?.shift ?? 0;
  for (let at = start; at < end; at += windowBytes) {
    throwIfAborted();
    const window = memory.kernels.bytes.subarray(memory.result, memory.result + Math.min(windowBytes, end - at));
    const pending = result.read(at, window);
    if (pending) await pending;
    hash.update(window);
    const parts = await compareWindow(memory, base, at, window.length, shiftsToTry(shift, hints, at, at + window.length));
    shift = await builder.window(window, at, parts, shift);
  }
  const { record, newBytes, zeroBytes } = await builder.finish();
  const encoded = encodeRegionRecord(record, into);
  const entry = { resultBytes: end - start, recordBytes: encoded.length, recordDigest: identity.digest(encoded), resultDigest: hash.digest() };
  return { entry, record: encoded, newBytes, zeroBytes };
}
