import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import type { ByteRange } from '../source/byte-range.ts';
import { changedRanges } from './changed-ranges.ts';
import { loadImageRoot } from './restore-image.ts';

/**
 * Yields where the later of two image snapshots differs from the earlier one, in order: ranges of the later one, which do not touch each other.
 * What lies behind its end is not told. Reads no content: chunks are compared by identity, so a range is as long as the chunks that changed.
 *
 * @throws {SnapshotError} `snapshot/not-found`, `snapshot/wrong-kind`, `object/*`
 */
export async function* diffImages(repository: Repository, fromId: string, toId: string, options: CallOptions = {}): AsyncGenerator<ByteRange> {
  const [from, to] = [await loadImageRoot(repository, fromId, options), await loadImageRoot(repository, toId, options)];
  yield* changedRanges(repository, from.content, to.content, options);
}
