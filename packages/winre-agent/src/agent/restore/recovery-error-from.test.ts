import { RecoveryError } from '@winre-kit/sdk';
import { SnapshotError } from '@winre-kit/snapshot-core';
import { expect, test } from 'vitest';
import { recoveryErrorFrom } from './recovery-error-from.ts';

test('errors of the engine get a code of the contract and keep their own; others pass through', () => {
  expect(recoveryErrorFrom(new SnapshotError('object/damaged', 'a pack is damaged'))).toMatchObject({ code: 'data-loss', message: 'a pack is damaged', facts: { snapshotCode: 'object/damaged' } });
  expect(recoveryErrorFrom(new SnapshotError('target/write-failed', 'disk'))).toMatchObject({ code: 'internal' });
  for (const other of [new RecoveryError('conflict', 'x'), new RangeError('y')]) expect(recoveryErrorFrom(other)).toBe(other);
});
