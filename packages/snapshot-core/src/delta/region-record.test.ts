import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeInstructions, encodeInstructions, type DeltaInstruction } from './delta-instruction.ts';
import { assignLiterals } from './literal-ranges.ts';
import { decodeRegionRecord, encodeRegionRecord, type RegionRecord } from './region-record.ts';

const baseBytes = 2 ** 40;
const lengthBytes = fc.integer({ min: 1, max: 100_000 });
const instructionArbitrary: fc.Arbitrary<DeltaInstruction> = fc.oneof(
  fc.record({ kind: fc.constant('copy' as const), lengthBytes, fromOffset: fc.nat(2 ** 30).map((offset) => offset * 1_000) }),
  fc.record({ kind: fc.constant('zeros' as const), lengthBytes }),
  fc.record({ kind: fc.constant('literal' as const), lengthBytes, oldOffset: fc.nat(2 ** 30), oldBytes: fc.integer({ min: 1, max: 100_000 }) }),
  fc.record({ kind: fc.constant('literal' as const), lengthBytes, oldOffset: fc.constant(0), oldBytes: fc.constant(0) }),
);
const sizeOf = (instructions: readonly DeltaInstruction[]): number => instructions.reduce((total, instruction) => total + instruction.lengthBytes, 0);

test('instructions come back, and only for the region and base they were made for', () => {
  fc.assert(
    fc.property(fc.array(instructionArbitrary), (instructions) => {
      const bytes = encodeInstructions(instructions);
      const size = sizeOf(instructions);
      expect(decodeInstructions(bytes, baseBytes, size, 'x')).toEqual(instructions);
      expect(() => decodeInstructions(bytes, baseBytes, size + 1, 'x')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
      const ends = instructions.map((instruction) => (instruction.kind === 'copy' ? instruction.fromOffset + instruction.lengthBytes : instruction.kind === 'literal' ? instruction.oldOffset + instruction.oldBytes : 0));
      const end = Math.max(0, ...ends);
      expect(decodeInstructions(bytes, end, size, 'x')).toEqual(instructions);
      expect(() => decodeInstructions(bytes, end - 1, end === 0 ? size + 1 : size, 'x')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
    }),
  );
});

/** @returns how many bytes the record makes, or why it is refused */
function tryToDecode(bytes: Uint8Array, regionBytes: number): number | string {
  try {
    return sizeOf(decodeRegionRecord(bytes, baseBytes, regionBytes, 'x').instructions);
  } catch (error) {
    if (!SnapshotError.isInstance(error)) throw error;
    return error.code;
  }
}

const recordArbitrary: fc.Arbitrary<RegionRecord> = fc
  .array(instructionArbitrary, { minLength: 1, maxLength: 20 })
  .chain((instructions) =>
    fc.record({
      instructions: fc.constant(instructions),
      frames: fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }).chain((stored) => fc.oneof(
        fc.constant({ plainBytes: stored.length, compression: 'none' as const, stored }),
        fc.integer({ min: stored.length, max: 1_048_576 }).map((plainBytes) => ({ plainBytes, compression: 'zstd' as const, stored })),
      )), { maxLength: 4 }),
      pieceBytes: fc.constantFrom([], [sizeOf(instructions)]),
    }),
  );

describe('a record', () => {
  test('comes back', () => {
    fc.assert(
      fc.property(recordArbitrary, (record) => {
        expect(decodeRegionRecord(encodeRegionRecord(record), baseBytes, sizeOf(record.instructions), 'x')).toEqual(record);
      }),
    );
  });

  test('that was changed is refused or decodes to something within its bounds', () => {
    fc.assert(
      fc.property(recordArbitrary, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.option(fc.nat()), (record, edits, cut) => {
        const whole = encodeRegionRecord(record);
        for (const [at, byte] of edits) whole[at % whole.length] = byte;
        const bytes = cut === null ? whole : whole.subarray(0, cut % whole.length);
        expect(['format/damaged', sizeOf(record.instructions)]).toContain(tryToDecode(bytes, sizeOf(record.instructions)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('literals and frames', () => {
  const frame = (plainBytes: number) => ({ plainBytes, compression: 'none' as const, stored: new Uint8Array(plainBytes) });
  const literal = (length: number, oldBytes = 0): DeltaInstruction => ({ kind: 'literal', lengthBytes: length, oldOffset: 7, oldBytes });
  const copy: DeltaInstruction = { kind: 'copy', lengthBytes: 1, fromOffset: 0 };

  test('each frame gets the old ranges of its own literals', () => {
    const record = { instructions: [literal(5, 3), copy, literal(5), literal(10, 4)], frames: [frame(10), frame(10)], pieceBytes: [] };
    expect(assignLiterals(record, 'x')).toEqual([[{ oldOffset: 7, oldBytes: 3 }], [{ oldOffset: 7, oldBytes: 4 }]]);
  });

  test.each([
    ['a literal in two frames', [literal(15)], [frame(10), frame(5)]],
    ['a literal without a frame', [literal(5), literal(1)], [frame(5)]],
    ['a frame without literals', [literal(5)], [frame(5), frame(1)]],
    ['a frame that is not filled', [literal(4)], [frame(5)]],
    ['too large a dictionary', [literal(4, 4_000_000), literal(4, 300_000)], [frame(8)]],
  ])('%s is refused', (_name, instructions, frames) => {
    expect(() => assignLiterals({ instructions, frames, pieceBytes: [] }, 'x')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
  });
});
