import type { AuditCheckpoint, AuditEntry } from './audit-entry.ts';

/** One line of a store: an entry, or a checkpoint over all entries before it. */
export type AuditRecord = { readonly type: 'entry'; readonly entry: AuditEntry } | { readonly type: 'checkpoint'; readonly checkpoint: AuditCheckpoint };

/** Where an audit log keeps its records, in order. */
export interface AuditStore {
  /** Resolves once the record is durable. */
  append(record: AuditRecord): Promise<void>;
  read(): AsyncIterable<AuditRecord>;
  close(): Promise<void>;
}
