import { RecoveryError, type ErrorCode } from '@winre-kit/sdk';
import { SnapshotError, type SnapshotErrorCode } from '@winre-kit/snapshot-core';

const codes: Partial<Record<SnapshotErrorCode, ErrorCode>> = {
  'argument/invalid': 'invalid-argument',
  'snapshot/not-found': 'not-found',
  'repository/not-found': 'not-found',
  'snapshot/wrong-kind': 'unsupported',
  'format/unsupported': 'unsupported',
  'format/damaged': 'data-loss',
  'object/missing': 'data-loss',
  'object/damaged': 'data-loss',
  'storage/full': 'failed-precondition',
  'rollback/no-room-for-safety': 'failed-precondition',
  'rollback/repository-on-target': 'failed-precondition',
  'repository/no-snapshots': 'failed-precondition',
  'target/unusable': 'failed-precondition',
  'repository/locked': 'conflict',
  'rollback/pending': 'conflict',
};

/** An error of the storage engine in the words of the contract; its own code is kept in `facts.snapshotCode`. Any other error passes through unchanged. */
export function recoveryErrorFrom(error: unknown): unknown {
  if (!SnapshotError.isInstance(error)) return error;
  return new RecoveryError(codes[error.code] ?? 'internal', error.message, { cause: error, facts: { snapshotCode: error.code } });
}
