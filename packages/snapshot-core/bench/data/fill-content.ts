import { createRandom } from './create-random.ts';
import { fillBinary } from './fill-binary.ts';
import { fillText } from './fill-text.ts';
import { createVocabulary } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What a made-up file is like. */
export type ContentKind = 'text' | 'binary' | 'incompressible' | 'zero';

const vocabularies = new Map<number, Vocabulary>();

/** Fills `target` with the content that follows from `seed` and `ordinal`, whatever was made before. */
export function fillContent(target: Uint8Array, kind: ContentKind, seed: number, ordinal: number): void {
  if (kind === 'zero') {
    target.fill(0);
    return;
  }
  const random = createRandom(seed, ordinal);
  if (kind === 'incompressible') random.fillBytes(target);
  else if (kind === 'binary') fillBinary(target, random);
  else fillText(target, random, vocabularyOf(seed));
}

function vocabularyOf(seed: number): Vocabulary {
  const known = vocabularies.get(seed) ?? createVocabulary(seed);
  vocabularies.set(seed, known);
  return known;
}
