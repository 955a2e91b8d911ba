import fc from 'fast-check';
import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decompressFrames } from './decompress-frames.ts';

/** The shortest frame that other encoders make of a hundred equal bytes: one block that says which byte and how often. */
const shortest = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 100, 0x23, 0x03, 0x00, 0x61);

test('a frame may be as short as zstd allows', () => {
  expect(decompressFrames([{ stored: shortest, plainBytes: 100 }])?.map((bytes) => Buffer.from(bytes).toString())).toEqual(['a'.repeat(100)]);
  for (let length = 0; length < shortest.length; length++) expect(decompressFrames([{ stored: shortest.subarray(0, length), plainBytes: 100 }])).toBeUndefined();
});

test('whatever frames say of themselves, they come to exactly the lengths that are wanted, or to nothing', () => {
  const stored = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(zstdCompressSync(bytes, { pledgedSrcSize: bytes.length }))), fc.constant(shortest));
  const flipped = fc.tuple(stored, fc.nat(), fc.nat(8)).map(([bytes, at, bit]) => {
    const copy = Uint8Array.from(bytes);
    if (bit < 8 && copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
    return copy;
  });
  fc.assert(fc.property(fc.array(fc.record({ stored: flipped, plainBytes: fc.oneof(fc.nat(400), fc.constant(100)) }), { minLength: 1, maxLength: 4 }), (frames) => {
    const wanted = frames.map(({ plainBytes }) => plainBytes);
    expect(decompressFrames(frames)?.map(({ length }) => length) ?? wanted).toEqual(wanted);
  }));
});
