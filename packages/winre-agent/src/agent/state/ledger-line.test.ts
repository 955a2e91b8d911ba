import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLedgerLine, firstChecksum, readLedger } from './ledger-line.ts';
import type { LedgerEntryInput } from './ledger-entry.ts';

const opened: LedgerEntryInput = { entry: 'opened', stateGeneration: Buffer.alloc(16, 7).toString('base64'), replacesLostLedger: false };
const operationKey = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', 'c', '-', '1', '2') });
const entries = fc.array(
  fc.oneof(
    fc.record({ entry: fc.constant('phase' as const), operationKey, phase: fc.string({ minLength: 1, unit: 'grapheme' }) }),
    fc.record({ entry: fc.constant('repeated' as const), operationKey, commandSequence: fc.integer({ min: 1 }) }),
  ),
  { maxLength: 8 },
);

function ledgerOf(list: readonly LedgerEntryInput[]): Buffer {
  let checksum = firstChecksum;
  return Buffer.from([opened, ...list].map((entry) => {
    const encoded = encodeLedgerLine(entry, checksum);
    checksum = encoded.checksum;
    return encoded.line;
  }).join(''));
}

test('what was written is read', () => {
  fc.assert(fc.property(entries, (list) => {
    expect(readLedger(ledgerOf(list))).toMatchObject({ state: 'whole', entries: [opened, ...list], torn: 0 });
  }));
});

test('a ledger cut off anywhere keeps its whole lines and loses the torn one', () => {
  fc.assert(fc.property(entries, fc.nat(), (list, cut) => {
    const whole = ledgerOf(list);
    const bytes = whole.subarray(0, Math.max(ledgerOf([]).length, cut % (whole.length + 1)));
    const lines = bytes.toString('utf8').split('\n').length - 1;
    expect(readLedger(bytes)).toMatchObject({ state: 'whole', entries: [opened, ...list].slice(0, lines), torn: bytes.length - (bytes.lastIndexOf(0x0a) + 1) });
  }));
});

test('no changed byte and no missing line goes unnoticed', () => {
  fc.assert(fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, position, change) => {
    const bytes = ledgerOf(list);
    const at = position % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ change;
    const reading = readLedger(bytes);
    // A last line whose newline is gone looks torn, and is left out; any other change is damage.
    const lastNewline = at === bytes.length - 1 && list.length > 0;
    expect(reading).toMatchObject(lastNewline ? { state: 'whole', entries: [opened, ...list].slice(0, -1) } : { state: 'damaged' });
  }));
  const lines = ledgerOf([{ entry: 'phase', operationKey: 'a', phase: 'one' }, { entry: 'phase', operationKey: 'a', phase: 'two' }]).toString('utf8').split('\n');
  expect(readLedger(Buffer.from([lines[0], lines[2], ''].join('\n')))).toMatchObject({ state: 'damaged', reason: expect.stringContaining('line 2') });
});

test('an empty file is no ledger', () => {
  expect(readLedger(Buffer.alloc(0))).toMatchObject({ state: 'damaged' });
});
