import type { AuditCheckpoint, AuditEntry } from './audit-entry.ts';

export type AuditRecord = { readonly type: 'entry'; readonly entry: AuditEntry } | { readonly type: 'checkpoint'; readonly checkpoint: AuditCheckpoint };

/** Where an audit log keeps its records, in order. */
export interface AuditStore {
  /** Resolves once the record is durable. */
  append(record: AuditRecord): Promise<void>;
  read(): AsyncIterable<AuditRecord>;
  close(): Promise<void>;
}
