import { canonicalJson } from '../../trust/canonical-json.ts';
import type { AuditEntry } from './audit-entry.ts';
import { leafHash } from './merkle-tree.ts';

/** The leaf hash of an entry: over its canonical JSON. */
export function auditLeafHash(entry: AuditEntry): string {
  return leafHash(canonicalJson(entry));
}
