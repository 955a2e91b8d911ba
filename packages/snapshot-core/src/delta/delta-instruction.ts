import { ByteReader } from '../format/byte-reader.ts';
import { ByteWriter } from '../format/byte-writer.ts';

/**
 * One step of making a region, in the order of its bytes.
 *
 * `copy`: bytes of the base. `zeros`: zero bytes. `literal`: the next bytes of the region's frames; its `old` range of the base,
 * what stood there before, is part of the dictionary its frame was compressed with.
 */
export type DeltaInstruction =
  | { readonly kind: 'copy'; readonly lengthBytes: number; readonly fromOffset: number }
  | { readonly kind: 'zeros'; readonly lengthBytes: number }
  | { readonly kind: 'literal'; readonly lengthBytes: number; readonly oldOffset: number; readonly oldBytes: number };

const copyCode = 0;
const zerosCode = 1;
const literalCode = 2;
/** A literal with nothing to compare it with, such as what is appended. */
const newLiteralCode = 3;

/** Encodes instructions; the first byte of each says its kind. */
export function encodeInstructions(instructions: readonly DeltaInstruction[]): Uint8Array {
  const writer = new ByteWriter();
  for (const instruction of instructions) {
    if (instruction.kind === 'copy') writer.u8(copyCode).u32(instruction.lengthBytes).u64(instruction.fromOffset);
    else if (instruction.kind === 'zeros') writer.u8(zerosCode).u32(instruction.lengthBytes);
    else if (instruction.oldBytes === 0) writer.u8(newLiteralCode).u32(instruction.lengthBytes);
    else writer.u8(literalCode).u32(instruction.lengthBytes).u64(instruction.oldOffset).u32(instruction.oldBytes);
  }
  return writer.finish();
}

/**
 * Decodes instructions and holds them to their rules: none is empty, all reads stay within the base, and together they make the region.
 *
 * @throws {SnapshotError} `format/damaged`
 */
export function decodeInstructions(bytes: Uint8Array, baseBytes: number, regionBytes: number, what: string): DeltaInstruction[] {
  const reader = new ByteReader(bytes, what);
  const instructions: DeltaInstruction[] = [];
  let madeBytes = 0;
  while (reader.remaining > 0) {
    const instruction = decodeInstruction(reader);
    madeBytes += instruction.lengthBytes;
    if (instruction.lengthBytes === 0) throw reader.damaged('an instruction makes nothing');
    if (instruction.kind === 'copy') requireWithin(reader, instruction.fromOffset, instruction.lengthBytes, baseBytes);
    if (instruction.kind === 'literal') requireWithin(reader, instruction.oldOffset, instruction.oldBytes, baseBytes);
    instructions.push(instruction);
  }
  if (madeBytes !== regionBytes) throw reader.damaged(`its instructions make ${madeBytes} bytes, not ${regionBytes}`);
  return instructions;
}

function decodeInstruction(reader: ByteReader): DeltaInstruction {
  const code = reader.u8();
  const lengthBytes = reader.u32();
  switch (code) {
    case copyCode:
      return { kind: 'copy', lengthBytes, fromOffset: reader.u64() };
    case zerosCode:
      return { kind: 'zeros', lengthBytes };
    case literalCode:
      return { kind: 'literal', lengthBytes, oldOffset: reader.u64(), oldBytes: reader.u32() };
    case newLiteralCode:
      return { kind: 'literal', lengthBytes, oldOffset: 0, oldBytes: 0 };
    default:
      throw reader.damaged(`it has an instruction of the unknown kind ${code}`);
  }
}

function requireWithin(reader: ByteReader, offset: number, lengthBytes: number, baseBytes: number): void {
  if (offset + lengthBytes > baseBytes) throw reader.damaged(`an instruction reads beyond the end of the base, at ${offset + lengthBytes} of ${baseBytes}`);
}
