import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sampleSpecs } from '../../test/sample-codecs.ts';
import { startPack } from '../../test/support/start-pack.ts';
import { PackDirectory, type PackFrame } from '../format/pack-directory.ts';
import { PackDirectoryWriter } from '../format/pack-directory-writer.ts';
import { encodePackPrefix } from '../format/pack-prefix.ts';
import { openFrames, verifyFrame } from './open-frames.ts';
import { createPackCodec, type PackCodec, type PackCodecSpec } from './pack-codec.ts';

const codec = await createPackCodec(sampleSpecs.zstd);
const pack = { name: 'p', prefix: encodePackPrefix({ kind: 'data', keyEpoch: 0, salt: new Uint8Array(16) }) };
const damaged = expect.objectContaining({ code: 'object/damaged' });

/** A frame that says it has so many plain bytes. */
function frameOf(stored: Uint8Array, plainBytes: number): PackFrame {
  const writer = new PackDirectoryWriter();
  writer.addObject('0'.repeat(64), plainBytes);
  writer.endFrame({ storedBytes: stored.length, plainBytes, compression: 'zstd', seal: codec.identity.digest(stored) });
  return new PackDirectory(writer.finish()).frame(0);
}

describe('a compressed frame', () => {
  const plain = new Uint8Array(10_000).fill(7);
  const stored = new Uint8Array(zstdCompressSync(plain));

  test('opens to the length its directory says', () => {
    expect(openFrames(codec, pack, [frameOf(stored, 10_000)], [stored])).toEqual([plain]);
    expect(verifyFrame(codec, pack, frameOf(stored, 10_000), stored)).toBe(true);
  });

  test.each([
    ['expands to more', stored, 9_999],
    ['expands to less', stored, 10_001],
    ['is followed by a second frame', Buffer.concat([stored, stored]), 10_000],
    ['is followed by a second frame, and the length says so', Buffer.concat([stored, stored]), 20_000],
    ['does not say its size', zstdCompressSync(plain, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } }), 10_000],
    ['is not zstd', Buffer.from('this is not a zstd frame at all'), 10_000],
    ['is a skippable frame', Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 20, 0, 0, 0]), Buffer.alloc(20)]), 10_000],
    ['is empty but for its magic', stored.subarray(0, 4), 10_000],
  ])('that %s is damaged', (_, bytes, plainBytes) => {
    expect(() => openFrames(codec, pack, [frameOf(bytes, plainBytes)], [bytes])).toThrow(damaged);
  });

  test('that would expand without end is not expanded', () => {
    const bomb = Buffer.concat([stored, zstdCompressSync(new Uint8Array(300_000_000))]);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => openFrames(codec, pack, [frameOf(bomb, 10_000)], [bomb])).toThrow(damaged);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  test('with bytes after it opens, because zstd ignores them, and does not verify', () => {
    const longer = Buffer.concat([stored, Buffer.from('rubbish')]);
    const frame = { ...frameOf(longer, 10_000), seal: codec.identity.digest(stored).subarray(0, 16) };
    expect(openFrames(codec, pack, [frame], [longer])).toEqual([plain]);
    expect(verifyFrame(codec, pack, frame, longer)).toBe(false);
  });

  test('that was cut, or is missing, is damaged', () => {
    for (const bytes of [stored.subarray(1), new Uint8Array(0)]) {
      expect(() => openFrames(codec, pack, [frameOf(stored, 10_000)], [bytes])).toThrow(damaged);
      expect(verifyFrame(codec, pack, frameOf(stored, 10_000), bytes)).toBe(false);
    }
    expect(() => openFrames(codec, pack, [frameOf(stored, 10_000)], [])).toThrow(damaged);
  });

  test('among many is found and named, and bytes cannot move from one to the next', () => {
    const parts = Array.from({ length: 40 }, (_, index) => new Uint8Array(1_000 + index).fill(index));
    const all = parts.map((part) => new Uint8Array(zstdCompressSync(part)));
    const frames = all.map((bytes, ordinal) => ({ ...frameOf(bytes, 1_000 + ordinal), ordinal }));
    expect(openFrames(codec, pack, frames, all)).toEqual(parts);
    const swapped = all.map((bytes, index) => (index === 20 ? (all[21] ?? bytes) : index === 21 ? (all[20] ?? bytes) : bytes));
    const lengths = frames.map((frame, index) => ({ ...frame, storedBytes: swapped[index]?.length ?? 0 }));
    expect(() => openFrames(codec, pack, lengths, swapped)).toThrow(expect.objectContaining({ message: expect.stringMatching(/^frame 20 of/) }));
  });
});

describe('an encrypted pack', () => {
  const spec: PackCodecSpec = sampleSpecs.encrypted;
  const build = async (change: Partial<typeof spec> = {}, saltByte = 1) => {
    const own = await createPackCodec({ ...spec, ...change });
    const { builder, finish } = startPack('data', new Uint8Array(16).fill(saltByte), own);
    for (let index = 0; index < 3; index++) {
      const bytes = new Uint8Array(300_000).fill(index);
      builder.add(own.identity.identify(bytes), bytes);
    }
    const { manifest, parts } = finish();
    const frames = [...manifest.directory.frames()];
    const file = new Uint8Array(Buffer.concat(parts));
    return { codec: own, manifest, stored: frames.map(({ offset, storedBytes }) => file.subarray(offset, offset + storedBytes)), frames };
  };
  const open = (own: PackCodec, { manifest, frames }: Awaited<ReturnType<typeof build>>, stored: readonly Uint8Array[]) => () => openFrames(own, manifest, frames, stored);

  test('keeps every frame in its place', async () => {
    const first = await build();
    expect(open(first.codec, first, first.stored)()).toHaveLength(3);
    expect(open(first.codec, first, first.stored.toReversed())).toThrow(damaged);
    const verdicts = (parts: readonly Uint8Array[]): boolean[] => first.frames.map((frame, index) => verifyFrame(first.codec, first.manifest, frame, parts[index] ?? new Uint8Array(0)));
    expect(verdicts(first.stored)).toEqual([true, true, true]);
    expect(verdicts(first.stored.toReversed())).toEqual([false, true, false]);
    const other = await build({}, 2);
    expect(open(first.codec, first, other.stored)).toThrow(damaged);
    expect(verdicts(other.stored)).toEqual([false, false, false]);
    // Not even together with their tags.
    const seals = first.frames.map(({ seal }) => seal).toReversed();
    const moved = first.frames.map((frame, index) => ({ ...frame, seal: seals[index] ?? frame.seal }));
    expect(() => openFrames(first.codec, first.manifest, moved.slice(0, 1), first.stored.slice(2))).toThrow(damaged);
  });

  test('opens under its own keys, in its own repository, only', async () => {
    const first = await build();
    const elsewhere = await createPackCodec({ ...spec, repositoryId: 'cd'.repeat(16) });
    const otherKey = await createPackCodec({ ...spec, keys: { currentEpoch: 2, dataKeys: new Map([[2, new Uint8Array(32)]]) } });
    for (const wrong of [elsewhere, otherKey]) {
      expect(() => wrong.openDirectory(first.manifest.prefix, first.manifest.directoryBytes)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
      expect(open(wrong, first, first.stored)).toThrow(damaged);
    }
    const { keys: _, ...rest } = spec;
    const withoutKey = await createPackCodec(rest);
    const outdated = await createPackCodec({ ...rest, keys: { currentEpoch: 1, dataKeys: new Map([[1, new Uint8Array(32)]]) } });
    expect(() => withoutKey.openDirectory(first.manifest.prefix, first.manifest.directoryBytes)).toThrow(expect.objectContaining({ code: 'repository/key-required' }));
    expect(() => outdated.openDirectory(first.manifest.prefix, first.manifest.directoryBytes)).toThrow(expect.objectContaining({ code: 'repository/key-outdated' }));
  });

  test('of an older data key stays readable after a rotation', async () => {
    const first = await build({ keys: { currentEpoch: 1, dataKeys: new Map([[1, new Uint8Array(32).fill(1)]]) } });
    const after = await createPackCodec(spec);
    expect(open(after, first, first.stored)()).toHaveLength(3);
  });

  test('does not take a pack that is not encrypted for its own', async () => {
    const { manifest } = startPack('data', new Uint8Array(16), codec).finish();
    const own = await createPackCodec(spec);
    expect(() => own.openDirectory(manifest.prefix, manifest.directoryBytes)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
  });

  test('is encrypted the way the format says', async () => {
    // Written out from docs/design/repository-format.md, without the code under test.
    const { manifest, stored, frames } = await build();
    const salt = new Uint8Array(16).fill(1);
    const prefix = Buffer.concat([Buffer.from('WRSNAPpk'), Buffer.from([1, 0, 1, 0, 0, 0, 2, 0]), salt]);
    expect(Buffer.from(manifest.prefix)).toEqual(prefix);
    const key = Buffer.from(hkdfSync('sha256', new Uint8Array(32).fill(2), salt, 'winre-kit pack key v1', 32));
    const decrypt = (position: number, bytes: Uint8Array, tag: Uint8Array): Buffer => {
      const number = Buffer.alloc(4);
      number.writeUInt32LE(position);
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.concat([number, Buffer.alloc(8)])).setAuthTag(tag);
      decipher.setAAD(Buffer.concat([Buffer.from(spec.repositoryId, 'hex'), prefix, number]));
      return Buffer.concat([decipher.update(bytes), decipher.final()]);
    };
    for (const [index, frame] of frames.entries()) expect(decrypt(index, stored[index] ?? prefix, frame.seal)).toEqual(Buffer.alloc(300_000, index));
    const directory = decrypt(0xffff_ffff, manifest.directoryBytes.subarray(0, -16), manifest.directoryBytes.subarray(-16));
    expect([directory.readUInt32LE(0), directory.readUInt32LE(4), directory.length]).toEqual([3, 3, 8 + 3 * 32 + 3 * 36]);
    expect(manifest.name).toBe(createHash('sha256').update(Buffer.concat([prefix, manifest.directoryBytes, Buffer.from([228, 0, 0, 0, 0, 0, 0, 0])])).digest('hex'));
  });
});
