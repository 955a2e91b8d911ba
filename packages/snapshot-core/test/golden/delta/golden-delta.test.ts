import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyDelta } from '../../../src/delta/apply-delta.ts';
import { createDelta } from '../../../src/delta/create-delta.ts';
import { readDeltaDirectory } from '../../../src/delta/delta-directory.ts';
import { deltaHeaderBytes } from '../../../src/delta/delta-format.ts';
import { decodeRegionRecord } from '../../../src/delta/region-record.ts';
import { createMemoryOutput, createMemoryVolume } from '../../support/memory-volume.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { goldenBase, goldenResult } from './golden-delta.ts';

const goldenPath = join(import.meta.dirname, 'golden.delta');
const volume = (bytes: Uint8Array) => ({ kind: 'volume' as const, volume: createMemoryVolume(bytes) });

function readParts(delta: Buffer) {
  const { header, regions } = readDeltaDirectory((offset, lengthBytes) => delta.subarray(offset, offset + lengthBytes), delta.length, 'the delta');
  const records = regions.map(({ recordBytes, resultBytes }) => decodeRegionRecord(delta.subarray(deltaHeaderBytes, deltaHeaderBytes + recordBytes), header.baseBytes, resultBytes, 'its record'));
  return { header, regions, records };
}

// When this fails, deltas out there can no longer be applied: a change of format is a new version, not a new fixture.
test('the committed delta still leads to its result', async () => {
  const output = join(scratchDirectory(), 'output');
  await applyDelta(goldenPath, volume(goldenBase), output);
  expect(readFileSync(output).equals(goldenResult)).toBe(true);
});

// Byte for byte would hold for one release of zstd only.
test('what is made today says the same, apart from what zstd makes of it', async () => {
  const output = createMemoryOutput();
  await createDelta(volume(goldenBase), volume(goldenResult), output, { hash: 'sha-256' });
  const [committed, made] = [readParts(readFileSync(goldenPath)), readParts(output.bytes())];
  expect(made.header).toEqual(committed.header);
  expect(made.header).toEqual({ hash: 'sha-256', baseBytes: goldenBase.length, resultBytes: goldenResult.length });
  expect(made.records.map(({ instructions }) => instructions)).toEqual(committed.records.map(({ instructions }) => instructions));
  expect(new Set(made.records.flatMap(({ instructions }) => instructions.map(({ kind }) => kind)))).toEqual(new Set(['copy', 'literal', 'zeros']));
  expect(made.regions.map(({ resultDigest }) => resultDigest)).toEqual(committed.regions.map(({ resultDigest }) => resultDigest));
});
