import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PackFrame } from '../../format/pack-directory.ts';
import { planDirectReads, planFrameRuns, type WantedChunk } from './plan-pack-reads.ts';

/** A pack of frames one behind the other, each of two objects of ten bytes. */
const frames: readonly PackFrame[] = Array.from({ length: 12 }, (_, ordinal) => ({
  ordinal, offset: 32 + ordinal * 20_000, storedBytes: 20_000, plainBytes: 20_000, compression: 'none', seal: new Uint8Array(16), firstObject: 2 * ordinal, objectCount: 2,
}));
const chunk = fc.record({ frame: fc.constantFrom(...frames), half: fc.constantFrom(0, 1), target: fc.nat(40) })
  .map(({ frame, half, target }): WantedChunk => ({ frame, offset: half * 10_000, lengthBytes: 10_000, target: target * 10_000 }));

test('direct reads bring every chunk to its place and nothing else', () => {
  fc.assert(fc.property(fc.uniqueArray(chunk, { selector: ({ target }) => target, maxLength: 20 }), (chunks) => {
    const brought = planDirectReads(chunks).flatMap(({ fileOffset, lengthBytes, target }) => Array.from({ length: lengthBytes / 10_000 }, (_, index) => `${fileOffset + index * 10_000} ${target + index * 10_000}`));
    expect(brought.toSorted()).toEqual(chunks.map(({ frame, offset, target }) => `${frame.offset + offset} ${target}`).toSorted());
  }));
});

test('chunks that are neighbours in the pack and in the window are read at once', () => {
  const [first, second] = frames;
  if (!first || !second) throw new Error('there are frames');
  const chunks = [{ frame: second, offset: 0, lengthBytes: 10_000, target: 20_000 }, { frame: first, offset: 0, lengthBytes: 10_000, target: 0 }, { frame: first, offset: 10_000, lengthBytes: 10_000, target: 10_000 }];
  expect(planDirectReads(chunks)).toEqual([{ fileOffset: 32, lengthBytes: 30_000, target: 0 }]);
});

test('runs hold every wanted frame once, in the order of the pack, within the limit', () => {
  fc.assert(fc.property(fc.array(chunk, { maxLength: 20 }), fc.integer({ min: 20_000, max: 200_000 }), (chunks, maxRunBytes) => {
    const runs = planFrameRuns(chunks, maxRunBytes);
    const ordinals = runs.flatMap((run) => run.frames.map(({ frame }) => frame.ordinal));
    expect(ordinals).toEqual([...new Set(chunks.map(({ frame }) => frame.ordinal))].toSorted((a, b) => a - b));
    expect(runs.flatMap((run) => run.frames.flatMap((entry) => entry.chunks)).length).toBe(chunks.length);
    for (const { fileOffset, lengthBytes, frames: inRun } of runs) {
      expect(lengthBytes).toBeLessThanOrEqual(maxRunBytes);
      expect(fileOffset).toBe(inRun[0]?.frame.offset);
      const last = inRun.at(-1)?.frame;
      expect(fileOffset + lengthBytes).toBe((last?.offset ?? 0) + (last?.storedBytes ?? 0));
    }
  }));
});
