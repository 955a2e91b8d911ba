import type { AuditCheckpoint, AuditEntry, AuditEntryInput, AuditExport } from './audit-entry.ts';

/** An append-only log whose entries are the leaves of an RFC 9162 Merkle tree. */
export interface AuditLog {
  /** Resolves once the entry is durable. @throws {RecoveryError} `unavailable` when it cannot be written; the host dispatches nothing then */
  append(entry: AuditEntryInput): Promise<AuditEntry>;
  /** A signed statement of size and root, kept in the log too. Store it off the machine. */
  checkpoint(): Promise<AuditCheckpoint>;
  /** Makes a checkpoint and returns everything. */
  exportAudit(): Promise<AuditExport>;
  /** Proves that an entry is in the tree of `size` entries (now, when left out): hashes from leaf to root. */
  inclusionProof(sequence: number, size?: number): readonly string[];
  /** Proves that the tree of `fromSize` entries is a beginning of the present one. */
  consistencyProof(fromSize: number): readonly string[];
  readonly size: number;
  /** Hexadecimal root of the tree. */
  readonly root: string;
  close(): Promise<void>;
}
