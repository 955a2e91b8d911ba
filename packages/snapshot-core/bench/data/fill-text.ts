import type { Random } from './create-random.ts';
import { commonWord, followersPerWord, slotBytes } from './vocabulary.ts';
import type { Vocabulary } from './vocabulary.ts';

const newline = 10;
const space = 32;
const marks = Uint8Array.from('.,;:()={}', (mark) => mark.charCodeAt(0));
const signs = Uint8Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_', (sign) => sign.charCodeAt(0));
const ownPhrases = 64;

/**
 * Fills `target` with what compresses like prose and code: words that follow each other by habit, indented lines, and
 * phrases of the file's own (its names and idioms) that come back all the time.
 */
export function fillText(target: Uint8Array, random: Random, vocabulary: Vocabulary): void {
  const { letters, lengths, followers } = vocabulary;
  const phraseStarts = new Int32Array(ownPhrases);
  let word = commonWord(random.word());
  let indent = 0;
  let phrases = 0;
  let at = 0;
  while (at < target.length) {
    const bits = random.word();
    // Something written before in this file, once more.
    if ((bits & 7) === 0 && phrases > 0) {
      const from = phraseStarts[(bits >>> 4) % Math.min(phrases, ownPhrases)] as number;
      const bytes = Math.min(32 + ((bits >>> 10) & 127), at - from, target.length - at);
      target.copyWithin(at, from, from + bytes);
      at += bytes;
      continue;
    }
    if ((bits & 0x3f0) === 0) {
      phraseStarts[phrases % ownPhrases] = at;
      phrases += 1;
    }
    if (bits >>> 28 < 5) {
      // A number or a key that nobody else has: these do not compress.
      for (let left = random.word(), count = 4 + ((bits >>> 4) & 1); count > 0; count -= 1, left >>>= 6) target[at++] = signs[left & 63] as number;
    }
    word = (bits & 0x400) === 0 ? commonWord(random.word()) : (followers[word * followersPerWord + (bits >>> 12) & (followersPerWord - 1)] as number);
    const length = Math.min(lengths[word] as number, target.length - at);
    for (let letter = 0, from = word * slotBytes; letter < length; letter += 1) target[at + letter] = letters[from + letter] as number;
    at += length;
    const ending = bits >>> 27;
    if (ending < 3) target[at++] = marks[(bits >>> 20) % marks.length] as number;
    if (ending !== 0) target[at++] = space;
    else {
      target[at++] = newline;
      indent = (indent + ((bits >>> 16) & 3) + 3) & 7;
      for (let column = 0; column < indent * 2; column += 1) target[at++] = space;
    }
  }
}
