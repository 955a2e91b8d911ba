import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flipBit } from '../../test/fault-storage.ts';
import { sampleSpecs } from '../../test/sample-codecs.ts';
import { startPack, type BuiltPack } from '../../test/support/start-pack.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { findDamagedObjects } from './find-damaged-objects.ts';
import { FrameCache } from './frame-cache.ts';
import { openFrames } from './open-frames.ts';
import { createPackCodec, type PackCodec, type PackCodecSpec } from './pack-codec.ts';
import { parsePack, readPackManifest } from './read-pack.ts';
import { readPackedObject } from './read-packed-object.ts';

const salt = new Uint8Array(16).fill(1);

function build(codec: PackCodec, objects: readonly Uint8Array[], kind: 'data' | 'tree' = 'data'): BuiltPack & { bytes: Uint8Array } {
  const { builder, finish } = startPack(kind, salt, codec);
  for (const bytes of objects) builder.add(codec.identity.identify(bytes), bytes);
  const built = finish();
  return { ...built, bytes: new Uint8Array(Buffer.concat(built.parts)) };
}

/** Text-like, zero or random bytes of some length, different by seed. */
function sampleObject(seed: number, style: 'text' | 'zero' | 'random', lengthBytes: number): Uint8Array {
  const block = createHash('sha512').update(`${seed}`).digest();
  const bytes = new Uint8Array(lengthBytes);
  if (style === 'random') for (let at = 0; at < lengthBytes; at += 64) bytes.set(createHash('sha512').update(`${seed} ${at}`).digest().subarray(0, lengthBytes - at), at);
  else if (style === 'text') for (let at = 0; at < lengthBytes; at++) bytes[at] = 97 + ((block[at % 61] ?? 0) % 16);
  Buffer.from(bytes.buffer).write(`${seed}`);
  return bytes;
}

const anyObjects = fc.uniqueArray(
  fc.record({ seed: fc.nat(1_000_000), style: fc.constantFrom('text' as const, 'zero' as const, 'random' as const), lengthBytes: fc.oneof(fc.nat(200), fc.nat(60_000), fc.nat(400_000), fc.constant(1_048_577)) }),
  { selector: ({ seed, lengthBytes }) => `${seed} ${lengthBytes < 8 ? 0 : lengthBytes}`, maxLength: 25 },
);

describe.each(Object.entries<PackCodecSpec>(sampleSpecs))('a pack, %s', async (name, spec) => {
  const codec = await createPackCodec(spec);

  test('gives back whatever was put in: while it fills, whole, by object and by frame', async () => {
    await fc.assert(
      fc.asyncProperty(anyObjects, fc.boolean(), async (samples, probes) => {
        const writer = await createPackCodec(spec, probes ? { looksIncompressible: (bytes) => bytes.length % 2 === 0 } : {});
        const objects = new Map(samples.map(({ seed, style, lengthBytes }) => sampleObject(seed, style, lengthBytes)).map((bytes) => [codec.identity.identify(bytes), bytes]));
        const { builder, finish } = startPack('tree', salt, writer);
        for (const [id, bytes] of objects) {
          const lent = new Uint8Array(bytes);
          builder.add(id, lent);
          lent.fill(0xee);
        }
        expect([...builder.ids].toSorted()).toEqual([...objects.keys()].toSorted());
        for (const [id, bytes] of objects) expect(Buffer.compare(builder.get(id) ?? new Uint8Array(1), bytes)).toBe(0);
        const { manifest, parts } = finish();
        expect(builder.finish()).toBe(manifest);
        const storage = createMemoryStorage();
        await storage.put('pack', manifest.name, parts);
        const read = await readPackManifest(storage, { name: manifest.name, sizeBytes: manifest.fileBytes }, codec);
        expect({ ...read, directory: [...read.directory.objects()] }).toEqual({ ...manifest, directory: [...manifest.directory.objects()] });
        expect(Array.from(read.directory.objects(), ({ id }) => id).toSorted()).toEqual([...objects.keys()].toSorted());
        const frames = new FrameCache(2_000_000);
        for (const object of read.directory.objects()) {
          expect(read.directory.object(object.ordinal)).toEqual(object);
          expect(read.directory.hasIdAt(object.ordinal, Buffer.from(object.id, 'hex'))).toBe(true);
          expect(read.directory.hasIdAt(object.ordinal + 1, Buffer.from(object.id, 'hex'))).toBe(false);
          for (const options of [{}, { frames }]) expect(Buffer.compare(await readPackedObject(storage, read, object, codec, options), objects.get(object.id) ?? new Uint8Array(1))).toBe(0);
        }
        const bytes = await storage.get('pack', manifest.name);
        expect(findDamagedObjects(parsePack(manifest.name, bytes, codec), bytes, codec)).toEqual([]);
        const all = [...read.directory.frames()];
        const plain = openFrames(codec, read, all, all.map((frame) => bytes.subarray(frame.offset, frame.offset + frame.storedBytes)));
        expect(plain.map(({ length }) => length)).toEqual(all.map(({ plainBytes }) => plainBytes));
        expect(plain.reduce((sum, { length }) => sum + length, 0)).toBe(read.directory.plainBytes);
      }),
      { numRuns: 25 },
    );
  });

  test('with any bit flipped is found out, and never gives wrong bytes', async () => {
    const objects = [sampleObject(1, 'text', 150), sampleObject(2, 'random', 40), new Uint8Array(0), sampleObject(3, 'zero', 300)];
    const { manifest, bytes } = build(codec, objects);
    const originals = new Map(objects.map((object) => [codec.identity.identify(object), object]));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = flipBit(bytes, bit);
      const storage = createMemoryStorage();
      await storage.put('pack', manifest.name, [flipped]);
      let found = false;
      try {
        found = findDamagedObjects(parsePack(manifest.name, flipped, codec), flipped, codec).length > 0;
      } catch (error) {
        found = SnapshotError.isInstance(error) && error.code === 'format/damaged';
      }
      expect(found, `bit ${bit}`).toBe(true);
      for (const object of manifest.directory.objects()) {
        const read = await readPackedObject(storage, manifest, object, codec).catch((error: unknown) => (SnapshotError.isInstance(error) ? error.code : error));
        expect(['object/damaged', originals.get(object.id)], `bit ${bit}`).toContainEqual(read);
      }
    }
  });

  test(`${name.includes('encrypted') ? 'hides' : 'shows'} the ids of its objects`, () => {
    const { manifest, bytes } = build(codec, [sampleObject(1, 'text', 1_000)]);
    const [object] = manifest.directory.objects();
    expect(Buffer.from(bytes).includes(Buffer.from(object?.id ?? '', 'hex'))).toBe(!name.includes('encrypted'));
    expect(Buffer.from(bytes).includes(sampleObject(1, 'text', 1_000).subarray(100, 200))).toBe(name === 'plain');
  });
});

describe('frames', async () => {
  const codec = await createPackCodec(sampleSpecs.zstd);
  const plainSizes = ({ manifest }: BuiltPack): number[] => Array.from(manifest.directory.frames(), ({ plainBytes }) => plainBytes);

  test('end with the object that brings them to 256 KiB, and are shared up to 1 MiB', () => {
    const built = build(codec, [...Array.from({ length: 6 }, (_, seed) => sampleObject(seed, 'text', 65_536)), sampleObject(7, 'text', 1_000_000), sampleObject(8, 'text', 2_000_000), sampleObject(9, 'text', 10)]);
    expect(plainSizes(built)).toEqual([262_144, 131_072, 1_000_000, 2_000_000, 10]);
  });

  test('that do not shrink are stored as they are; what looks incompressible shares other frames', async () => {
    const objects = Array.from({ length: 8 }, (_, seed) => sampleObject(seed, seed % 2 === 0 ? 'text' : 'random', 65_536));
    const compressions = ({ manifest }: BuiltPack): string[] => Array.from(manifest.directory.frames(), ({ compression }) => compression);
    expect(compressions(build(codec, [sampleObject(1, 'random', 300_000), sampleObject(2, 'text', 300_000)]))).toEqual(['none', 'zstd']);
    const probing = await createPackCodec(codec.spec, { looksIncompressible: (bytes) => new Set(bytes).size > 200 });
    const built = build(probing, objects);
    expect(compressions(built)).toEqual(['zstd', 'none']);
    expect(plainSizes(built)).toEqual([262_144, 262_144]);
  });

  test('count as stored: a pack is full at 16 MiB in the file, or 64 MiB of plain bytes', () => {
    const fill = (style: 'zero' | 'random'): number => {
      const { builder } = startPack('data', salt, codec);
      for (let count = 0; ; count++) {
        if (builder.isFull) return count;
        const bytes = sampleObject(count, style, 1_048_576);
        builder.add(codec.identity.identify(bytes), bytes);
      }
    };
    expect(fill('zero')).toBe(64);
    expect(fill('random')).toBe(16);
  });

  test('are kept within bounds, and read once for all of their objects', async () => {
    const objects = Array.from({ length: 8 }, (_, seed) => sampleObject(seed, 'text', 100_000));
    const { manifest, parts } = build(codec, objects);
    const storage = createMemoryStorage();
    await storage.put('pack', manifest.name, parts);
    let reads = 0;
    const counting = { getRange: (...call: Parameters<typeof storage.getRange>) => (reads++, storage.getRange(...call)) };
    const readAll = async (options: { frames?: FrameCache }): Promise<number> => {
      reads = 0;
      for (const object of manifest.directory.objects()) await readPackedObject(counting, manifest, object, codec, options);
      return reads;
    };
    expect(await readAll({})).toBe(8);
    expect(await readAll({ frames: new FrameCache(400_000) })).toBe(3);
    expect(await readAll({ frames: new FrameCache(150_000) })).toBe(8);
    const all = new FrameCache(1_000_000);
    await readAll({ frames: all });
    expect(await readAll({ frames: all })).toBe(0);
  });
});

test('nothing is added to a finished pack, and no object that is too large', async () => {
  const codec = await createPackCodec(sampleSpecs.plain);
  const { builder } = startPack('data', salt, codec);
  expect(() => builder.add('a'.repeat(64), new Uint8Array(67_108_865))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  builder.finish();
  expect(() => builder.add('a'.repeat(64), new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  expect(() => startPack('data', new Uint8Array(15), codec)).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});
