import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareWindow } from './compare-window.ts';
import { createDeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import { findEqualRuns } from './find-equal-runs.ts';

const memory = createDeltaMemory();
const { kernels, result, base } = memory;
const noise = (seed: number, length: number): Uint8Array => {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24);
};

test('runs are equal, as long as can be at the changes, and miss nothing that fills a block', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40_000 }), fc.array(fc.record({ at: fc.nat(40_000), length: fc.constantFrom(1, 2, 100, 9_000) }), { maxLength: 6 }), fc.nat(5_000), fc.nat(5_000),
      (length, changes, skip, leave) => {
        const left = noise(1, length);
        const right = Uint8Array.from(left);
        for (const change of changes) for (let at = change.at; at < Math.min(length, change.at + change.length); at++) right[at] = (right[at] as number) ^ 255;
        kernels.bytes.set(left, result);
        kernels.bytes.set(right, base);
        const span = { start: Math.min(skip, length), end: Math.max(Math.min(skip, length), length - leave) };
        const runs = findEqualRuns(memory, span);
        let last = span.start;
        const covered = new Uint8Array(length);
        for (const run of runs) {
          expect(run.start).toBeGreaterThanOrEqual(last);
          expect(run.end).toBeGreaterThan(run.start);
          expect(Buffer.compare(left.subarray(run.start, run.end), right.subarray(run.start, run.end))).toBe(0);
          expect(run.start === span.start || left[run.start - 1] !== right[run.start - 1]).toBe(true);
          expect(run.end === span.end || left[run.end] !== right[run.end]).toBe(true);
          covered.fill(1, run.start, run.end);
          last = run.end;
        }
        for (let block = span.start; block + 4_096 <= span.end; block += 4_096) {
          const isEqual = Buffer.compare(left.subarray(block, block + 4_096), right.subarray(block, block + 4_096)) === 0;
          expect(!isEqual || covered.subarray(block, block + 4_096).every((byte) => byte === 1)).toBe(true);
        }
      },
    ),
  );
});

test('every byte of a window is said once, and copies and zeros are what they are said to be', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ from: fc.integer({ min: -1, max: 60_000 }), length: fc.constantFrom(1, 31, 500, 4_096, 20_000) }), { maxLength: 8 }), fc.array(fc.integer({ min: -70_000, max: 70_000 }), { maxLength: 3 }), fc.nat(100_000),
      async (pieces, otherShifts, start) => {
        const old = noise(2, 60_000);
        let position = 0;
        const shifts: number[] = [];
        const parts = pieces.map(({ from, length }, index) => {
          if (from >= 0) shifts.push(from - start - position);
          const bytes = from < 0 ? new Uint8Array(length) : index % 4 === 3 ? noise(from, length) : old.subarray(from, from + length);
          position += bytes.length;
          return bytes;
        });
        const window = Buffer.concat(parts);
        kernels.bytes.set(window, result);
        const reader: EndReader = {
          description: 'old',
          bytes: old.length,
          read(offset, into) {
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset + into.length).toBeLessThanOrEqual(old.length);
            into.set(old.subarray(offset, offset + into.length));
          },
        };
        const found = await compareWindow(memory, reader, start, window.length, [...new Set([...otherShifts, ...shifts])]);
        let at = 0;
        for (const part of found) {
          expect(part.start).toBe(at);
          at = part.end;
          const bytes = window.subarray(part.start, part.end);
          const told = part.kind === 'copy' ? old.subarray(start + part.start + part.shift, start + part.end + part.shift) : part.kind === 'zeros' ? new Uint8Array(bytes.length) : bytes;
          expect(bytes.equals(told)).toBe(true);
        }
        expect(at).toBe(window.length);
      },
    ),
  );
});
