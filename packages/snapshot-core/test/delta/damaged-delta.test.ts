import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../../src/errors/snapshot-error.ts';
import { applyDelta } from '../../src/delta/apply-delta.ts';
import { createDelta } from '../../src/delta/create-delta.ts';
import { encodeDeltaDirectory, encodeDeltaHeader, readDeltaDirectory } from '../../src/delta/delta-directory.ts';
import { deltaHeaderBytes } from '../../src/delta/delta-format.ts';
import { createIdentity } from '../../src/hashing/create-identity.ts';
import { createMemoryOutput, createMemoryVolume } from '../support/memory-volume.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

const before = seededBytes(1, 20_000);
const after = Buffer.concat([before.subarray(0, 5_000), Buffer.alloc(700, 'new text '), before.subarray(5_500), Buffer.alloc(9_000)]);

async function makeDelta(): Promise<Buffer> {
  const output = createMemoryOutput();
  await createDelta({ kind: 'volume', volume: createMemoryVolume(before) }, { kind: 'volume', volume: createMemoryVolume(after) }, output);
  return output.bytes();
}

/** Applies some bytes as a delta. @returns the result, or the code of the refusal; nothing may be left then */
async function tryToApply(folder: string, bytes: Uint8Array): Promise<Buffer | string> {
  const [path, made] = [join(folder, 'delta'), join(folder, 'made')];
  writeFileSync(path, bytes);
  try {
    await applyDelta(path, { kind: 'volume', volume: createMemoryVolume(before) }, made);
    return readFileSync(made);
  } catch (error) {
    if (!SnapshotError.isInstance(error)) throw error;
    return readdirSync(folder).join() === 'delta' ? error.code : 'something was left';
  } finally {
    rmSync(made, { force: true });
  }
}

function flip(bytes: Uint8Array, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
  return flipped;
}

describe('damage', () => {
  test('every flipped bit is found, whatever it hits', { timeout: 120_000 }, async () => {
    const folder = scratchDirectory();
    const bytes = await makeDelta();
    expect(await tryToApply(folder, bytes)).toEqual(after);
    for (let bit = 0; bit < 8 * bytes.length; bit += usualOrLong(7, 1)) expect([bit, await tryToApply(folder, flip(bytes, bit))]).toEqual([bit, 'format/damaged']);
  });

  test('so is every truncation, and what is appended or is no delta at all', async () => {
    const folder = scratchDirectory();
    const bytes = await makeDelta();
    for (let length = 0; length < bytes.length; length += 13) expect([length, await tryToApply(folder, bytes.subarray(0, length))]).toEqual([length, 'format/damaged']);
    for (const wrong of [Buffer.concat([bytes, Buffer.alloc(1)]), Buffer.concat([bytes, bytes]), seededBytes(3, 1_000), Buffer.alloc(500)]) expect(await tryToApply(folder, wrong)).toBe('format/damaged');
  });
});

describe('a forged delta, with seals that match,', () => {
  test('never crashes, loops or makes anything but what its digests say', { timeout: usualOrLong(60_000, 600_000) }, async () => {
    const folder = scratchDirectory();
    const bytes = await makeDelta();
    const directory = readDeltaDirectory((offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes), bytes.length, 'the delta');
    const [region] = directory.regions;
    if (region === undefined) throw new TypeError('the delta has a region');
    const record = bytes.subarray(deltaHeaderBytes, deltaHeaderBytes + region.recordBytes);
    const identity = await createIdentity(directory.header.hash);
    const codes = new Set<string>();
    const number = fc.oneof(fc.nat(100), fc.nat(0xffff_ffff), fc.constantFrom(region.resultBytes, region.recordBytes, 0xffff_ffff));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(record.length - 1), byte: fc.nat(255) }), { maxLength: 3 }),
        fc.option(fc.nat(record.length)), fc.option(fc.record({ resultBytes: number, recordBytes: number })), fc.option(fc.record({ baseBytes: number, resultBytes: number })),
        async (edits, cut, entry, header) => {
          let forged = Buffer.from(record);
          for (const { at, byte } of edits) forged[at] = byte;
          if (cut !== null) forged = forged.subarray(0, cut);
          const told = {
            header: { ...directory.header, ...header },
            regions: [{ ...region, recordBytes: forged.length, recordDigest: identity.digest(forged), ...entry }],
          };
          const outcome = await tryToApply(folder, Buffer.concat([encodeDeltaHeader(told.header), forged, encodeDeltaDirectory(told)]));
          codes.add(typeof outcome === 'string' ? outcome : outcome.equals(after) ? 'the result' : 'another result');
        },
      ),
      { numRuns: usualOrLong(400, 20_000) },
    );
    expect(codes).toContain('format/damaged');
    for (const code of codes) expect(['the result', 'delta/wrong-base', 'format/damaged']).toContain(code);
  });

  test('of a newer version is refused by name', async () => {
    const folder = scratchDirectory();
    const bytes = await makeDelta();
    const header = Buffer.from(bytes.subarray(0, deltaHeaderBytes));
    header.writeUInt16LE(2, 8);
    const directory = readDeltaDirectory((offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes), bytes.length, 'the delta');
    const { sealOf } = await import('../../src/format/sealed-file.ts');
    const rest = encodeDeltaDirectory(directory);
    const body = rest.subarray(0, rest.length - 40);
    const sealed = Buffer.concat([header, bytes.subarray(deltaHeaderBytes, bytes.length - rest.length), body, sealOf(Buffer.concat([header, body])), rest.subarray(rest.length - 8)]);
    expect(await tryToApply(folder, sealed)).toBe('format/unsupported');
  });
});
