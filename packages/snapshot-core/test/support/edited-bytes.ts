import * as fc from 'fast-check';

/** Bytes with everything a disk has: noise, text, zeros, runs of one byte, repetition. */
const diskBytes: fc.Arbitrary<Uint8Array> = fc
  .array(fc.record({ kind: fc.constantFrom('noise', 'text', 'zero', 'run', 'repeat'), seed: fc.nat(1_000_000), lengthBytes: fc.integer({ min: 1, max: 90_000 }) }), { minLength: 1, maxLength: 8 })
  .map((parts) => Buffer.concat(parts.map(makePart)));

function makePart({ kind, seed, lengthBytes }: { kind: string; seed: number; lengthBytes: number }): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  if (kind === 'zero') return bytes;
  if (kind === 'run') return bytes.fill(seed & 255);
  let state = (seed | 1) >>> 0;
  for (let at = 0; at < lengthBytes; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const byte = state >>> 24;
    bytes[at] = kind === 'text' ? 97 + (byte % 26) : kind === 'repeat' && at >= 5_000 ? (bytes[at - 5_000] ?? 0) : byte;
  }
  return bytes;
}

/** One change of a source, in fractions of its length. */
const edit = fc.record({
  kind: fc.constantFrom('overwrite', 'insert', 'delete', 'append', 'truncate'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
});

/** A source and what became of it. */
export const editedBytes: fc.Arbitrary<{ before: Uint8Array; after: Uint8Array }> = fc.tuple(diskBytes, fc.array(edit, { maxLength: 5 })).map(([before, edits]) => {
  let after: Uint8Array = before;
  for (const { kind, at, bytes } of edits) {
    const place = Math.floor(at * after.length);
    const rest = kind === 'overwrite' || kind === 'delete' ? place + bytes.length : place;
    const middle = kind === 'delete' || kind === 'truncate' ? new Uint8Array(0) : bytes;
    if (kind === 'append') after = Buffer.concat([after, bytes]);
    else after = Buffer.concat([after.subarray(0, place), middle, kind === 'truncate' ? new Uint8Array(0) : after.subarray(rest)]);
  }
  return { before, after };
});
