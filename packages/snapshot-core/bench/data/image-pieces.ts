import { createRandom } from './create-random.ts';
import type { Random } from './create-random.ts';
import { fillContent } from './fill-content.ts';
import type { ContentKind } from './fill-content.ts';

/** Files in an image begin at a multiple of this. */
export const blockBytes = 4096;

/** What a disk in use holds, in percent of its bytes. The next file is of the kind that is furthest behind its share. */
const mixture: readonly { readonly kind: ContentKind; readonly percent: number }[] = [
  { kind: 'text', percent: 42 },
  { kind: 'binary', percent: 30 },
  { kind: 'incompressible', percent: 23 },
  { kind: 'zero', percent: 5 },
];

const maxFileBytes = 4 << 20;

/**
 * A disk image of exactly `bytes` (a multiple of 4096), file after file; it follows from the seed alone, and a shorter
 * image is the beginning of a longer one with the same seed.
 *
 * A piece is valid until the next one is asked for. Another `firstOrdinal` gives other files of the same language.
 */
export function* imagePieces(seed: number, bytes: number, firstOrdinal = 0): Generator<Uint8Array> {
  const random = createRandom(seed, 0x696d67, firstOrdinal);
  const owed = new Map<ContentKind, number>(mixture.map(({ kind, percent }) => [kind, percent]));
  const buffer = new Uint8Array(maxFileBytes);
  let done = 0;
  for (let ordinal = firstOrdinal; done < bytes; ordinal += 1) {
    const [kind] = [...owed].reduce((most, next) => (next[1] > most[1] ? next : most));
    const fileBytes = kind === 'zero' ? maxFileBytes : drawFileBytes(random);
    const paddedBytes = Math.ceil(fileBytes / blockBytes) * blockBytes;
    for (const share of mixture) owed.set(share.kind, (owed.get(share.kind) ?? 0) + (paddedBytes * share.percent) / 100 - (share.kind === kind ? paddedBytes : 0));
    fillContent(buffer.subarray(0, fileBytes), kind, seed, ordinal);
    buffer.fill(0, fileBytes, paddedBytes);
    const piece = buffer.subarray(0, Math.min(paddedBytes, bytes - done));
    done += piece.length;
    yield piece;
  }
}

/** From 4 KiB up to 4 MiB, every power of two as likely as the next. */
function drawFileBytes(random: Random): number {
  const exponent = 12 + random.below(10);
  return 2 ** exponent + random.below(2 ** exponent);
}
