import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeIntent } from './rollback-intent.ts';

const intent = { version: 1, operationId: 'op', snapshotId: 's', kind: 'tree', target: '/volume', startedAtMs: 1 };

test('an intent is read; what is not one, or newer, is refused', () => {
  const { version: _, ...expected } = intent;
  expect(decodeIntent(Buffer.from(JSON.stringify(intent)), 'r')).toEqual(expected);
  expect(() => decodeIntent(Buffer.from(JSON.stringify({ ...intent, version: 2 })), 'r')).toThrow(expect.objectContaining({ code: 'format/unsupported' }));
  for (const damage of [{ kind: 'disk' }, { target: 1 }, { version: 0 }, { startedAtMs: '1' }, { safetySnapshotId: 1 }, { supersedes: 'op' }, { supersedes: [1] }, { operationId: null }])
    expect(() => decodeIntent(Buffer.from(JSON.stringify({ ...intent, ...damage })), 'r')).toThrow(expect.objectContaining({ code: 'format/damaged' }));
});

test('any bytes are refused calmly', () => {
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.json().map((text) => Buffer.from(text))), (bytes) => {
    expect(['read', 'format/damaged', 'format/unsupported']).toContain(outcomeOf(bytes));
  }));
});

function outcomeOf(bytes: Uint8Array): string {
  try {
    decodeIntent(bytes, 'r');
    return 'read';
  } catch (error) {
    if (!SnapshotError.isInstance(error)) throw error;
    return error.code;
  }
}
