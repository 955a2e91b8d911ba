/** Numbers that follow from a seed alone. The state is four words, so that streams of different seeds do not meet. */
export interface Random {
  /** The next 32 bits, as an unsigned number. */
  word(): number;
  /** A whole number from 0 to `limit` - 1; `limit` is at most 2^31. */
  below(limit: number): number;
  /** Fills all of `target`, whose offset and length are multiples of 4 but for its end. */
  fillBytes(target: Uint8Array): void;
}

/** Makes xorshift128 from a seed of any whole numbers; one part more gives an unrelated stream. */
export function createRandom(...seed: readonly number[]): Random {
  let [a, b, c, d] = mixSeed(seed);
  const word = (): number => {
    const t = a ^ (a << 11);
    a = b;
    b = c;
    c = d;
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    return d >>> 0;
  };
  return {
    word,
    below: (limit) => Math.floor((word() / 2 ** 32) * limit),
    fillBytes(target) {
      const words = new Int32Array(target.buffer, target.byteOffset, target.byteLength >>> 2);
      // The state in locals: the loop is as fast as memory takes it.
      let [w, x, y, z] = [a, b, c, d];
      for (let at = 0; at < words.length; at += 1) {
        const t = w ^ (w << 11);
        w = x;
        x = y;
        y = z;
        z = z ^ (z >>> 19) ^ t ^ (t >>> 8);
        words[at] = z;
      }
      [a, b, c, d] = [w, x, y, z];
      for (let at = words.length * 4; at < target.byteLength; at += 1) target[at] = word();
    },
  };
}

/** Four words that are never all zero (splitmix32 over the parts of the seed). */
function mixSeed(seed: readonly number[]): [number, number, number, number] {
  let state = 0x9e3779b9 | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  for (const part of seed) state = next() ^ (part | 0) ^ Math.floor(part / 2 ** 32);
  return [next() | 1, next(), next(), next()];
}
