/** Deterministic bytes that no compressor could shrink. */
export function noise(seed: number, lengthBytes: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(lengthBytes / 4));
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = Math.imul(state, 2_246_822_519);
  }
  return new Uint8Array(words.buffer, 0, lengthBytes);
}
