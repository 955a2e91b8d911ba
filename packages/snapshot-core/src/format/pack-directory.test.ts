import { expect, test } from 'vitest';
import { PackDirectory, type FrameCompression } from './pack-directory.ts';
import { PackDirectoryWriter } from './pack-directory-writer.ts';

const id = 'ab'.repeat(32);

function directoryOf(...frames: readonly { objects: readonly number[]; storedBytes?: number; plainBytes?: number; compression?: FrameCompression }[]): Uint8Array {
  const writer = new PackDirectoryWriter();
  for (const { objects, storedBytes, plainBytes, compression = 'none' } of frames) {
    const sumBytes = objects.reduce((sum, lengthBytes) => sum + lengthBytes, 0);
    for (const lengthBytes of objects) writer.addObject(id, lengthBytes);
    writer.endFrame({ storedBytes: storedBytes ?? plainBytes ?? sumBytes, plainBytes: plainBytes ?? sumBytes, compression });
  }
  return writer.finish();
}

const mebibyte = 1_048_576;

test('knows where everything lies', () => {
  const directory = new PackDirectory(directoryOf({ objects: [5, 0, 7] }, { objects: [100], storedBytes: 20, compression: 'zstd' }, { objects: [3, 4] }));
  expect([directory.storedBytes, directory.plainBytes]).toEqual([39, 119]);
  expect(Array.from(directory.frames(), ({ offset, firstObject }) => [offset, firstObject])).toEqual([[32, 0], [44, 3], [64, 4]]);
  expect(Array.from(directory.objects(), ({ frame, offset }) => [frame.ordinal, offset])).toEqual([[0, 0], [0, 5], [0, 5], [1, 0], [2, 0], [2, 3]]);
  for (const object of directory.objects()) expect(directory.object(object.ordinal)).toEqual(object);
  for (const ordinal of [-1, 6, 0.5]) expect(() => directory.object(ordinal)).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  expect(directory.hasIdAt(6, Buffer.from(id, 'hex'))).toBe(false);
});

test.each([
  ['an object longer than objects are', directoryOf({ objects: [64 * mebibyte] }), 8 + 32, 64 * mebibyte + 1],
  ['objects that do not fill their frame', directoryOf({ objects: [5] }), 8 + 32, 4],
  ['objects that overflow their frame', directoryOf({ objects: [5] }), 8 + 32, 6],
  ['a plain frame of another length than it is stored in', directoryOf({ objects: [5] }), 8, 6],
  ['a frame without objects', directoryOf({ objects: [0] }), 16, 0],
  ['more frames than it has', directoryOf({ objects: [5] }), 0, 2],
  ['more frames than fit in memory', directoryOf({ objects: [5] }), 0, 0xffff_ffff],
  ['fewer objects than it has', directoryOf({ objects: [5] }), 4, 0],
  ['more objects in a frame than in the pack', directoryOf({ objects: [5] }), 16, 0xffff_ffff],
  ['fewer objects in its frames than in the pack', directoryOf({ objects: [5, 0] }), 16, 1],
])('%s is damage', (_, bytes, at, value) => {
  expect(new PackDirectory(bytes).objectCount).toBeGreaterThan(0);
  const changed = bytes.slice();
  new DataView(changed.buffer).setUint32(at, value, true);
  expect(() => new PackDirectory(changed)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test.each([
  ['a compressed frame that is not shorter', directoryOf({ objects: [5], storedBytes: 5, compression: 'zstd' })],
  ['a compressed frame of nothing', directoryOf({ objects: [5], storedBytes: 0, compression: 'zstd' })],
  ['a frame larger than frames are', directoryOf({ objects: [64 * mebibyte, 1], storedBytes: 9, compression: 'zstd' })],
  ['frames larger than a pack is', directoryOf(...Array.from({ length: 5 }, () => ({ objects: [64 * mebibyte] as const, storedBytes: 9, compression: 'zstd' as const })))],
  ['more objects than a pack holds', directoryOf({ objects: Array.from({ length: mebibyte + 1 }, () => 0) })],
  ['nothing at all', new Uint8Array(7)],
])('%s is damage too', (_, bytes) => {
  expect(() => new PackDirectory(bytes)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test('a writer takes ids only', () => {
  for (const bad of ['', 'ab', 'xy'.repeat(32), 'ab'.repeat(33)]) expect(() => new PackDirectoryWriter().addObject(bad, 1)).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});
