import fc from 'fast-check';
import { seededBytes } from './tree-operations.ts';

/** One change to a sequence of bytes; positions and lengths are taken modulo what there is. */
export interface ByteEdit {
  readonly kind: 'insert' | 'delete' | 'overwrite' | 'move' | 'copy' | 'append' | 'truncate' | 'zero' | 'flip' | 'text';
  readonly at: number;
  readonly lengthBytes: number;
  readonly to: number;
  readonly seed: number;
}

const lengths = [1, 3, 40, 700, 4_096, 5_000, 70_000, 300_000];

export const byteEditArbitrary: fc.Arbitrary<ByteEdit> = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'overwrite', 'move', 'copy', 'append', 'truncate', 'zero', 'flip', 'flip', 'text'),
  at: fc.nat(5_000_000),
  lengthBytes: fc.constantFrom(...lengths),
  to: fc.nat(5_000_000),
  seed: fc.nat(1_000),
});

/** The bytes after the edits, one after the other. */
export function editBytes(bytes: Buffer, edits: readonly ByteEdit[]): Buffer {
  return edits.reduce(applyEdit, bytes);
}

function applyEdit(bytes: Buffer, { kind, at, lengthBytes, to, seed }: ByteEdit): Buffer {
  const start = at % (bytes.length + 1);
  const end = Math.min(bytes.length, start + lengthBytes);
  const taken = bytes.subarray(start, end);
  const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  const target = to % (rest.length + 1);
  const putIn = (into: Buffer, position: number, what: Buffer): Buffer => Buffer.concat([into.subarray(0, position), what, into.subarray(position)]);
  switch (kind) {
    case 'insert':
      return putIn(bytes, start, seededBytes(seed, lengthBytes));
    case 'delete':
      return rest;
    case 'overwrite':
      return putIn(rest, start, seededBytes(seed, end - start));
    case 'zero':
      return putIn(rest, start, Buffer.alloc(end - start));
    case 'text':
      return putIn(rest, start, Buffer.alloc(end - start, `edit ${seed} `));
    case 'move':
      return putIn(rest, target, taken);
    case 'copy':
      return putIn(bytes, to % (bytes.length + 1), taken);
    case 'append':
      return Buffer.concat([bytes, seededBytes(seed, lengthBytes)]);
    case 'truncate':
      return bytes.subarray(0, start);
    case 'flip': {
      const flipped = Buffer.from(bytes);
      if (start < flipped.length) flipped[start] = (flipped[start] as number) ^ (1 << (seed & 7));
      return flipped;
    }
  }
}
