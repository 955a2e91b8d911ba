import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDelta } from '../../src/delta/apply-delta.ts';
import { createDelta, type CreateDeltaOptions } from '../../src/delta/create-delta.ts';
import { byteEditArbitrary, editBytes } from '../support/edit-bytes.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { createMemoryOutput, createMemoryVolume } from '../support/memory-volume.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

async function deltaOf(before: Buffer, after: Buffer, options: CreateDeltaOptions = {}) {
  const output = createMemoryOutput();
  const report = await createDelta({ kind: 'volume', volume: createMemoryVolume(before) }, { kind: 'volume', volume: createMemoryVolume(after) }, output, options);
  return { report, bytes: output.bytes() };
}

/** Makes a delta, applies it and compares. */
async function roundTrip(folder: string, before: Buffer, after: Buffer, options?: CreateDeltaOptions) {
  const delta = await deltaOf(before, after, options);
  const [deltaPath, outputPath] = [join(folder, 'delta'), join(folder, 'output')];
  writeFileSync(deltaPath, delta.bytes);
  const applied = await applyDelta(deltaPath, { kind: 'volume', volume: createMemoryVolume(before) }, outputPath);
  const made = readFileSync(outputPath);
  rmSync(outputPath);
  expect(made.equals(after)).toBe(true);
  expect(readdirSync(folder)).toEqual(['delta']);
  const { report } = delta;
  expect(report).toMatchObject({ baseBytes: before.length, resultBytes: after.length, storedBytes: delta.bytes.length });
  expect(report.copiedBytes + report.zeroBytes + report.newBytes).toBe(after.length);
  expect(applied).toEqual({ resultBytes: after.length, storedBytes: delta.bytes.length });
  return delta;
}

/** Mostly incompressible, with text and zeros in it. */
function baseBytes(seed: number, lengthBytes: number): Buffer {
  const bytes = seededBytes(seed, lengthBytes);
  bytes.fill(0, lengthBytes >> 2, lengthBytes >> 1);
  bytes.fill(`line ${seed} of a log file\n`, lengthBytes >> 1, (lengthBytes >> 1) + (lengthBytes >> 3));
  return bytes;
}

test('whatever was edited, applying the delta gives the edited bytes', { timeout: usualOrLong(60_000, 1_200_000) }, async () => {
  const folder = scratchDirectory();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 4_095, 4_096, 60_000, 262_144, 900_000, 2_500_000), fc.nat(100), fc.array(byteEditArbitrary, { maxLength: 12 }), fc.constantFrom(1, 3, 9),
      async (lengthBytes, seed, edits, level) => {
        const before = baseBytes(seed, lengthBytes);
        await roundTrip(folder, before, editBytes(before, edits), { level, hash: seed % 4 === 0 ? 'sha-256' : 'blake3' });
      },
    ),
    { numRuns: usualOrLong(60, 2_000), examples: [[60_000, 1, [], 1]] },
  );
});

test('all shapes of tiny files', { timeout: 60_000 }, async () => {
  const folder = scratchDirectory();
  const shapes = ['', 'a', 'b', 'ab', 'ba', 'aaaa', '\0', '\0\0\0\0', 'the quick brown fox', 'the quick brown box'].map((text) => Buffer.from(text));
  for (const before of shapes) {
    for (const after of shapes) {
      const { bytes } = await roundTrip(folder, before, after);
      expect(bytes.length).toBeLessThan(400);
    }
  }
});

test('what did not change costs next to nothing, whatever was put in before it', async () => {
  const before = seededBytes(1, 6_000_000);
  const { bytes, report } = await deltaOf(before, before);
  expect(bytes.length).toBeLessThan(400);
  expect(report.copiedBytes).toBe(before.length);
  for (const insertedBytes of [1, 5_000, 700_001]) {
    const delta = await deltaOf(before, Buffer.concat([before.subarray(0, 1_500_000), seededBytes(2, insertedBytes), before.subarray(1_500_000)]));
    expect(delta.report.newBytes).toBe(insertedBytes);
    expect(delta.bytes.length).toBeLessThan(insertedBytes + 500);
  }
});

test('bytes that moved far are found, when they are many', async () => {
  const before = seededBytes(1, 12_000_000);
  const after = Buffer.concat([before.subarray(7_000_000), before.subarray(0, 3_000_000), before.subarray(3_500_000, 7_000_000)]);
  const { report } = await deltaOf(before, after);
  expect(report.newBytes).toBeLessThan(150_000);
});

test('changed records are compressed against what they replaced', async () => {
  const before = seededBytes(1, 3_000_000);
  const after = Buffer.from(before);
  // One byte in every 100: no run of equal bytes is worth an instruction of its own.
  for (let at = 0; at < after.length; at += 100) after[at] = (after[at] as number) ^ 255;
  const { report, bytes } = await deltaOf(before, after);
  expect(report.newBytes).toBeGreaterThan(2_900_000);
  expect(bytes.length).toBeLessThan(after.length / 10);
});

test('zeros that are new are told, not stored', async () => {
  const before = seededBytes(1, 1_000_000);
  const after = Buffer.from(before);
  after.fill(0, 200_000, 800_000);
  const { report, bytes } = await deltaOf(before, after);
  expect(report.zeroBytes).toBeGreaterThan(590_000);
  expect(bytes.length).toBeLessThan(500);
});
