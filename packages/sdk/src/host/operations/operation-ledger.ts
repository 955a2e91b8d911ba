import { instantAt, type Clock } from '../../contract/clock.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { OperationEvidence, OperationReport, OperationState } from '../../schemas/operation.ts';
import type { AuditEntryInput } from '../audit/audit-entry.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Journal } from '../journal/journal.ts';
import type { JournalEntry, OperationFinding, SubmittedOperation } from '../journal/journal-entry.ts';
import type { SignedApproval } from '../../schemas/approval.ts';
import { auditEntriesOf } from './describe-for-audit.ts';
import { foldJournalEntry, type OperationRecord } from './operation-record.ts';

/** One thing to write about an operation; key, time and former state are filled in. */
export type LedgerChange =
  | { readonly type: 'state'; readonly to: OperationState; readonly reason: string; readonly report?: OperationReport | undefined; readonly evidence?: OperationEvidence | undefined }
  | { readonly type: 'approved'; readonly principal: string; readonly approval: SignedApproval }
  | { readonly type: 'cancel-requested'; readonly by: string; readonly reason: string }
  | { readonly type: 'finding'; readonly finding: OperationFinding; readonly by: string; readonly reason: string };

/**
 * All operations of the host: what the journal says, and nothing else. Each change is folded (which refuses transitions that are not in the table), audited, journalled
 * and only then visible. The audit entry comes first, so that nothing ever happened that the audit does not know of; after a crash in between it may say a thing twice.
 */
export interface OperationLedger {
  /** Reads the journal, once. Every other method needs it to have happened. */
  load(): Promise<void>;
  /** By operation key or operation id. @throws {RecoveryError} `not-found` */
  find(key: string): OperationRecord;
  has(operationKey: string): boolean;
  all(): readonly OperationRecord[];
  /** Undefined, and nothing written, when the key is in use. */
  submit(operation: SubmittedOperation, then: LedgerChange): Promise<OperationRecord | undefined>;
  /** Decides on the record as it is and writes, one decision at a time per operation. */
  change(key: string, decide: (record: OperationRecord) => readonly LedgerChange[]): Promise<OperationRecord>;
  /** News that need not survive a restart: progress, and why an operation is still where it is. */
  note(key: string, news: { readonly report?: OperationReport | undefined; readonly reason?: string }): OperationRecord;
  audit(entry: AuditEntryInput): Promise<void>;
}

export interface LedgerParts {
  readonly journal: Journal;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly onChange: (record: OperationRecord) => void;
}

export function createOperationLedger({ journal, audit, clock, onChange }: LedgerParts): OperationLedger {
  const records = new Map<string, OperationRecord>();
  const queues = new Map<string, Promise<unknown>>();
  let loading: Promise<void> | undefined;

  const find = (key: string): OperationRecord => {
    const record = records.get(key) ?? [...records.values()].find(({ submitted }) => submitted.handle.operationId === key);
    if (!record) throw new RecoveryError('not-found', `no operation ${key} on this host`, { facts: { operationKey: key } });
    return record;
  };
  const inOrder = <Value>(key: string, work: () => Promise<Value>): Promise<Value> => {
    const done = (queues.get(key) ?? Promise.resolve()).then(work);
    const settled = done.catch(() => {});
    queues.set(key, settled);
    void settled.then(() => queues.get(key) === settled && queues.delete(key));
    return done;
  };
  const write = async (entry: JournalEntry): Promise<OperationRecord> => {
    const folded = foldJournalEntry(records.get(entry.operationKey), entry);
    for (const auditEntry of auditEntriesOf(entry, folded)) await audit.append(auditEntry);
    await journal.append(entry);
    // Folded again: progress may have been noted while the entry was written.
    const written = foldJournalEntry(records.get(entry.operationKey), entry);
    records.set(entry.operationKey, written);
    onChange(written);
    return written;
  };
  const entryOf = (change: LedgerChange, record: OperationRecord): JournalEntry => {
    const stamped = { operationKey: record.submitted.handle.operationKey, at: instantAt(clock.now()) };
    if (change.type === 'approved') return { type: 'operation.approved', ...stamped, principal: change.principal, approval: change.approval };
    if (change.type === 'finding') return { type: 'operation.finding', ...stamped, finding: change.finding, by: change.by, reason: change.reason };
    if (change.type === 'cancel-requested') return { type: 'operation.cancel-requested', ...stamped, by: change.by, reason: change.reason };
    const { to, reason, report, evidence } = change;
    return { type: 'operation.state', ...stamped, from: record.state, to, reason, ...(report ? { report } : {}), ...(evidence ? { evidence } : {}) };
  };

  return {
    load() {
      loading ??= (async () => {
        for await (const entry of journal.read()) records.set(entry.operationKey, foldJournalEntry(records.get(entry.operationKey), entry));
      })();
      return loading;
    },
    find,
    has: (operationKey) => records.has(operationKey),
    all: () => [...records.values()],
    submit: (operation, then) =>
      inOrder(operation.handle.operationKey, async () => {
        const { operationKey } = operation.handle;
        if (records.has(operationKey)) return undefined;
        const planned = await write({ type: 'operation.submitted', operationKey, at: instantAt(clock.now()), operation });
        return write(entryOf(then, planned));
      }),
    change: (key, decide) => {
      const { operationKey } = find(key).submitted.handle;
      return inOrder(operationKey, async () => {
        let record = find(operationKey);
        for (const change of decide(record)) record = await write(entryOf(change, record));
        return record;
      });
    },
    note(key, { report, reason }) {
      const record = find(key);
      const noted = { ...record, report: report ?? record.report, reason: reason ?? record.reason };
      records.set(record.submitted.handle.operationKey, noted);
      onChange(noted);
      return noted;
    },
    async audit(entry) {
      await audit.append(entry);
    },
  };
}
