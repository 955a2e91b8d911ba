import { expect, test } from 'vitest';
import { createMemoryStorage, createRepository, takeSnapshot, type VolumePort } from '../../index.ts';
import { countDifferingBytes } from './compare-image.ts';

const image = Buffer.alloc(50_000, 'image');

/** A volume with these bytes; a read that begins at or after `unreadableFrom` fails. */
function volumeOf(bytes: Uint8Array, unreadableFrom = Number.POSITIVE_INFINITY): VolumePort {
  return {
    description: 'volume', bytes: bytes.length,
    read: async (offset, into) => {
      if (offset >= unreadableFrom) throw new Error('bad sector');
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    write: async () => {}, flush: async () => {}, holdsPath: async () => false,
  };
}

test('counts whole blocks that differ; what cannot be read, or is not there, differs', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'stream', description: 'image', stream: (async function* () { yield image; })() });
  const count = (volume: VolumePort) => countDifferingBytes(repository, record.id, volume, () => {}, new AbortController().signal);
  expect(await count(volumeOf(image))).toBe(0);
  const changed = Buffer.from(image);
  for (const at of [0, 5_000, 49_999]) changed[at] = 0;
  expect(await count(volumeOf(changed))).toBe(4_096 + 4_096 + (50_000 % 4_096));
  expect(await count(volumeOf(image, 0))).toBe(50_000);
  expect(await count(volumeOf(image.subarray(0, 40_960)))).toBe(50_000 - 40_960);
});

test('what was read before does not stand in for what cannot be read', async () => {
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const same = Buffer.alloc(200_000, 'a');
  const { record } = await takeSnapshot(repository, { kind: 'stream', description: 'same', stream: (async function* () { yield same; })() });
  // Runs of one byte are cut where a chunk is largest.
  expect(await countDifferingBytes(repository, record.id, volumeOf(same, 65_536), () => {}, new AbortController().signal)).toBe(200_000 - 65_536);
});
