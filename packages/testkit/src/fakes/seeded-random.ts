import { createHash } from 'node:crypto';

/** Bytes that look random and are the same for the same seed. Never for real keys. */
export function createSeededRandomBytes(seed: string): (length: number) => Uint8Array<ArrayBuffer> {
  let block = 0;
  let rest = new Uint8Array(0);
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      if (rest.length === 0) {
        rest = new Uint8Array(createHash('sha256').update(`${seed}\0${block}`).digest());
        block += 1;
      }
      const part = rest.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return bytes;
  };
}

/** A number in [0, 1) per call, the same row for the same seed: the shape that jitter asks for. */
export function createSeededRandom(seed: string): () => number {
  const nextBytes = createSeededRandomBytes(seed);
  return () => new DataView(nextBytes(4).buffer).getUint32(0) / 2 ** 32;
}
