import { regionBytes } from '../../chunking/chunk-profiles.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { countPacked, packedChunkAt, toContentReference } from '../../format/packed-references.ts';
import type { ContentTable } from '../../format/tree-entry.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { ObjectPort } from '../object-port.ts';
import { packContent } from '../window/pack-content.ts';

/** What the parent had around a region: consecutive chunks, the first of them at `firstOffset`. */
export interface ParentWindow {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly firstOffset: number;
}

/**
 * Yields, for region 0, 1, 2 and so on without end, what the parent had from one region before it to one region behind it. So a
 * source may shift by up to 64 MiB and still be predicted, and memory does not grow with its size.
 *
 * @throws {SnapshotError} `object/*`, `format/damaged`
 */
export async function* readParentWindows(objects: ObjectPort, content: ContentTable, options: CallOptions): AsyncGenerator<ParentWindow, void> {
  const regions = readRegions(objects, content, options);
  const none = new Uint8Array(0);
  let before: Uint8Array = none;
  let here: Uint8Array = (await regions.next()).value ?? none;
  for (let index = 0; ; index++) {
    const behind: Uint8Array = (await regions.next()).value ?? none;
    yield { packed: new Uint8Array(Buffer.concat([before, here, behind])), firstOffset: Math.max(0, index - 1) * regionBytes };
    before = here;
    here = behind;
  }
}

/** Yields the chunks of each region of a content. No chunk, and no group, reaches over the edge of one: else all offsets behind it would be wrong. */
async function* readRegions(objects: ObjectPort, content: ContentTable, options: CallOptions): AsyncGenerator<Uint8Array, undefined> {
  for await (const { packed, lengthBytes } of packContent(objects, content, regionBytes, options)) {
    if (lengthBytes > regionBytes)
      throw new SnapshotError('format/damaged', `the parent was not cut by sieve-v1: chunk ${toContentReference(packedChunkAt(packed, countPacked(packed) - 1)).id} reaches over the edge of a region`);
    yield packed;
  }
}
