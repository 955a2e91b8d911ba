import { describe, expect, test } from 'vitest';
import { flipBit } from '../../test/fault-storage.ts';
import { startPack } from '../../test/support/start-pack.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { createMemoryStorage } from '../storage/memory-storage.ts';
import { findDamagedObjects } from './find-damaged-objects.ts';
import { FrameCache } from './frame-cache.ts';
import { createPackCodec } from './pack-codec.ts';
import { parsePack, readPackManifest } from './read-pack.ts';
import { readPackedObject } from './read-packed-object.ts';

const codec = await createPackCodec({ repositoryId: 'ab'.repeat(16), hash: 'sha-256', compression: 'none' });
const salt = new Uint8Array(16).fill(1);

function buildPack(objects: readonly Uint8Array[], withSalt = salt) {
  const { builder, finish } = startPack('data', withSalt, codec);
  for (const bytes of objects) builder.add(codec.identity.identify(bytes), bytes);
  const { manifest, parts } = finish();
  return { manifest, parts, bytes: new Uint8Array(Buffer.concat(parts)) };
}

const objects = [Buffer.from('first'), Buffer.alloc(0), Buffer.from('third object')];

describe('a pack', () => {
  test('gives back every object, from its own directory', async () => {
    const { manifest, parts, bytes } = buildPack(objects);
    const storage = createMemoryStorage();
    await storage.put('pack', manifest.name, parts);
    const read = await readPackManifest(storage, { name: manifest.name, sizeBytes: bytes.length }, codec);
    expect(read).toEqual(manifest);
    expect(parsePack(manifest.name, bytes, codec)).toEqual(manifest);
    const loaded = await Promise.all(Array.from(read.directory.objects(), (object) => readPackedObject(storage, manifest, object, codec)));
    expect(loaded.map((part) => Buffer.from(part).toString())).toEqual(['first', '', 'third object']);
    expect(findDamagedObjects(manifest, bytes, codec)).toEqual([]);
  });

  test('leaves no byte between its frames', () => {
    const { manifest } = buildPack(Array.from({ length: 10 }, (_, index) => new Uint8Array(65_536).fill(index)));
    expect(Array.from(manifest.directory.frames(), ({ offset, storedBytes }) => [offset, storedBytes])).toEqual([[32, 262_144], [262_176, 262_144], [524_320, 131_072]]);
  });

  test('has a name that depends on the salt and on every object', () => {
    const names = [buildPack(objects), buildPack(objects, new Uint8Array(16)), buildPack(objects.slice(1))].map(({ manifest }) => manifest.name);
    expect(new Set(names).size).toBe(3);
  });

  test('with any bit flipped outside of its frames is refused, inside of them names the object', () => {
    const { manifest, bytes } = buildPack(objects);
    const verdictOf = (flipped: Uint8Array): unknown => {
      try {
        return findDamagedObjects(parsePack(manifest.name, flipped, codec), flipped, codec).map(({ ordinal }) => ordinal);
      } catch (error) {
        return SnapshotError.isInstance(error) ? error.code : error;
      }
    };
    const verdicts = Array.from({ length: bytes.length * 8 }, (_, bit) => verdictOf(flipBit(bytes, bit)));
    const [firstBit, thirdBit, endBit] = [32 * 8, 37 * 8, 49 * 8];
    const expected = verdicts.map((_, bit) => (bit < firstBit || bit >= endBit ? 'format/damaged' : bit < thirdBit ? [0] : [2]));
    expect(verdicts).toEqual(expected);
  });

  test('under another name, or cut anywhere, is refused', () => {
    const { manifest, bytes } = buildPack(objects);
    expect(() => parsePack('0'.repeat(64), bytes, codec)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
    for (let length = 0; length < bytes.length; length++)
      expect(() => parsePack(manifest.name, bytes.subarray(0, length), codec)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
  });

  test('a salt of another length is refused', () => {
    expect(() => buildPack(objects, new Uint8Array(15))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  });

  test('is read anew where a frame in memory does not hold what it should', async () => {
    const { manifest, parts } = buildPack(objects);
    const storage = createMemoryStorage();
    await storage.put('pack', manifest.name, parts);
    const [first, , third] = manifest.directory.objects();
    if (first === undefined || third === undefined) throw new TypeError('no objects');
    let reads = 0;
    const once: Pick<typeof storage, 'getRange'> = {
      async getRange(...call) {
        const bytes = await storage.getRange(...call);
        reads += 1;
        if (reads === 1) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        return bytes;
      },
    };
    const options = { frames: new FrameCache(1_000), wholeFrames: true };
    expect(Buffer.from(await readPackedObject(once, manifest, first, codec, options)).toString()).toBe('first');
    expect(Buffer.from(await readPackedObject(once, manifest, third, codec, options)).toString()).toBe('third object');
    expect(reads).toBe(2);
  });

  test('that was cut still gives the objects that are whole, also to those who read whole frames', async () => {
    const { manifest, bytes } = buildPack(objects);
    const storage = createMemoryStorage();
    await storage.put('pack', manifest.name, [bytes.subarray(0, 40)]);
    const [first, , third] = manifest.directory.objects();
    if (first === undefined || third === undefined) throw new TypeError('no objects');
    expect(Buffer.from(await readPackedObject(storage, manifest, first, codec, { wholeFrames: true })).toString()).toBe('first');
    await expect(readPackedObject(storage, manifest, third, codec, { wholeFrames: true })).rejects.toMatchObject({ code: 'object/damaged' });
  });
});
