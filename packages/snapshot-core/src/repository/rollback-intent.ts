import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from './call-options.ts';
import type { Repository } from './repository.ts';

/** What a rollback set out to do; stored durably before anything is changed and removed when all of it is done. */
export interface RollbackIntent {
  /** Chosen by the caller; the same id continues the same rollback. 1 to 200 bytes of UTF-8. */
  readonly operationId: string;
  readonly snapshotId: string;
  readonly kind: 'tree' | 'image';
  /** Absolute path of the directory, or description of the volume. */
  readonly target: string;
  readonly startedAtMs: number;
  /** Snapshot of the target from just before, when one was asked for: rolling back to it is the undo. */
  readonly safetySnapshotId?: string;
  /** Unfinished rollbacks of the same target that were given up in favour of this one; they are not pending any more. */
  readonly supersedes?: readonly string[];
}

const recordPrefix = 'rollback-';
const intentVersion = 1;

/** @throws {SnapshotError} `argument/invalid` for an unusable operation id, `storage/*` */
export async function putIntent(repository: Repository, intent: RollbackIntent, options: CallOptions): Promise<void> {
  await repository.putRecord(recordName(repository, intent.operationId), Buffer.from(JSON.stringify({ version: intentVersion, ...intent })), options);
}

/** Removes an intent: the rollback is done. */
export async function deleteIntent(repository: Repository, operationId: string, options: CallOptions): Promise<void> {
  await repository.deleteRecord(recordName(repository, operationId), options);
}

/**
 * Rollbacks that were started and not finished, oldest first. Each is finished by `resumeRollback`, or by `rollback` with its id.
 *
 * @param options `skipDamaged`: pass over records that cannot be read, whatever they were for. Default false
 * @throws {SnapshotError} `format/damaged`, `format/unsupported`, `storage/*`
 */
export async function pendingRollbacks(repository: Repository, options: CallOptions & { readonly skipDamaged?: boolean } = {}): Promise<readonly RollbackIntent[]> {
  const intents: RollbackIntent[] = [];
  for (const name of await repository.listRecords(options)) {
    if (!name.startsWith(recordPrefix)) continue;
    try {
      const bytes = await repository.getRecord(name, options);
      // Another process may have finished it since the listing.
      if (bytes === undefined) continue;
      const intent = decodeIntent(bytes, name);
      if (recordName(repository, intent.operationId) !== name) throw new SnapshotError('format/damaged', `record ${name} is damaged: it holds the intent of another rollback`);
      intents.push(intent);
    } catch (error) {
      if (options.skipDamaged !== true || !SnapshotError.isInstance(error) || !['format/damaged', 'storage/failed'].includes(error.code)) throw error;
    }
  }
  const superseded = new Set(intents.flatMap(({ supersedes = [] }) => supersedes));
  return intents.filter(({ operationId }) => !superseded.has(operationId)).toSorted((left, right) => left.startedAtMs - right.startedAtMs);
}

/** Checks an operation id. @throws {SnapshotError} `argument/invalid` */
export function checkOperationId(operationId: string): void {
  if (typeof operationId !== 'string' || operationId.length === 0 || Buffer.byteLength(operationId) > 200 || !operationId.isWellFormed())
    throw new SnapshotError('argument/invalid', `operationId must have 1 to 200 bytes of UTF-8; got ${JSON.stringify(operationId)}`);
}

function recordName(repository: Repository, operationId: string): string {
  checkOperationId(operationId);
  return `${recordPrefix}${repository.identify(Buffer.from(operationId, 'utf8')).slice(0, 32)}`;
}

/** Decodes an intent record. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeIntent(bytes: Uint8Array, name: string): RollbackIntent {
  const value = parseObject(bytes);
  if (value !== undefined && typeof value['version'] === 'number' && value['version'] > intentVersion)
    throw new SnapshotError('format/unsupported', `record ${name} has version ${value['version']}; use a newer release`);
  const { operationId, snapshotId, kind, target, startedAtMs, safetySnapshotId, supersedes } = value ?? {};
  const valid = value?.['version'] === intentVersion && typeof operationId === 'string' && typeof snapshotId === 'string' && (kind === 'tree' || kind === 'image')
    && typeof target === 'string' && typeof startedAtMs === 'number' && (safetySnapshotId === undefined || typeof safetySnapshotId === 'string')
    && (supersedes === undefined || isTextList(supersedes));
  if (!valid) throw new SnapshotError('format/damaged', `record ${name} is not the intent of a rollback; check the repository`);
  return { operationId, snapshotId, kind, target, startedAtMs, ...(safetySnapshotId !== undefined && { safetySnapshotId }), ...(supersedes !== undefined && { supersedes }) };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
