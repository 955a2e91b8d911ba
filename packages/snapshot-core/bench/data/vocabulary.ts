import { createRandom } from './create-random.ts';
import type { Random } from './create-random.ts';

/** Words of a language that does not exist: common ones are short and met often, and each has words that like to follow it. */
export interface Vocabulary {
  /** Bytes of word `n` begin at `n * slotBytes`. */
  readonly letters: Uint8Array;
  readonly lengths: Uint8Array;
  /** `followers` of word `n` begin at `n * followersPerWord`. */
  readonly followers: Uint16Array;
}

/** Power of two: numbers of words are masked random bits. */
const wordCount = 1 << 13;
export const slotBytes = 16;
export const followersPerWord = 8;

const onsets = ['b', 'c', 'd', 'f', 'g', 'h', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'st', 'tr', 'ch', 'pr', 'cl', 're'];
const vowels = ['a', 'e', 'i', 'o', 'u', 'e', 'i', 'ea', 'io', 'ou'];
const codas = ['', '', 'n', 'r', 's', 't', 'l', 'nd', 'ng', 'm'];

/** The vocabulary of a seed; takes some milliseconds. */
export function createVocabulary(seed: number): Vocabulary {
  const random = createRandom(seed, 0x766f63);
  const vocabulary = {
    letters: new Uint8Array(wordCount * slotBytes),
    lengths: new Uint8Array(wordCount),
    followers: new Uint16Array(wordCount * followersPerWord),
  };
  for (let word = 0; word < wordCount; word += 1) {
    const spelled = spellWord(random, word < 64 ? 1 : word < 1024 ? 2 : 3);
    vocabulary.lengths[word] = new TextEncoder().encodeInto(spelled, vocabulary.letters.subarray(word * slotBytes, (word + 1) * slotBytes - 2)).written;
  }
  for (let at = 0; at < vocabulary.followers.length; at += 1) vocabulary.followers[at] = commonWord(random.word());
  return vocabulary;
}

/** A word for 32 random bits; halving the number of a word makes it about as much more common. */
export function commonWord(bits: number): number {
  return (bits & (wordCount - 1)) >>> ((bits >>> 13) % 13);
}

function spellWord(random: Random, syllables: number): string {
  const pick = (parts: readonly string[]): string => parts[random.below(parts.length)] ?? '';
  return Array.from({ length: syllables }, () => pick(onsets) + pick(vowels) + pick(codas)).join('');
}
