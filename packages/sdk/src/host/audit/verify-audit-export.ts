import { isSignedBy, keyIdOf } from '../../trust/ed25519.ts';
import { auditExportSchema, type AuditCheckpoint, type AuditEntry } from './audit-entry.ts';
import { auditLeafHash } from './audit-leaf.ts';
import { merkleRoot } from './merkle-tree.ts';

/** What a verifier knows beside the bundle. */
export interface AuditTrust {
  /** Raw Ed25519 public keys, base64, whose checkpoints are believed. Without them only the bundle's agreement with itself is checked. */
  readonly trustedCheckpointKeys?: readonly string[];
  /** Checkpoints exported earlier and kept elsewhere: whatever they covered must still be there. */
  readonly earlierCheckpoints?: readonly AuditCheckpoint[];
}

/** The result of a verification. Read `limits` too: `ok` says nothing about them. */
export interface AuditVerdict {
  readonly ok: boolean;
  /** What is wrong; empty when nothing is. */
  readonly reasons: readonly string[];
  /** What was not checked, and why. */
  readonly limits: readonly string[];
  /** The parsed entries, to make a report from; empty for a bundle of another shape. */
  readonly entries: readonly AuditEntry[];
  readonly size: number;
  readonly root: string;
}

/** Checks an export with nothing but itself and the given keys and checkpoints. Never throws for a bad bundle: the reasons say what is wrong with it. */
export async function verifyAuditExport(bundle: unknown, trust: AuditTrust = {}): Promise<AuditVerdict> {
  const parsed = auditExportSchema.safeParse(bundle);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, reasons: [`not an audit export: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`], limits: [], entries: [], size: 0, root: merkleRoot([]) };
  }
  const { entries, checkpoints } = parsed.data;
  const leaves = entries.map(auditLeafHash);
  const root = merkleRoot(leaves);
  const reasons: string[] = entries.flatMap((entry, index) => (entry.sequence === index ? [] : [`entry at place ${index} has sequence ${entry.sequence}: entries were removed, added or reordered`])).slice(0, 1);

  const judgeCheckpoint = async ({ statement, signature }: AuditCheckpoint, name: string): Promise<string[]> => {
    const found: string[] = [];
    if (statement.size > entries.length) found.push(`${name} covers ${statement.size} entries, the export has ${entries.length}: entries were cut off`);
    else if (merkleRoot(leaves.slice(0, statement.size)) !== statement.root) found.push(`${name} of ${statement.size} entries has another root: one of them was altered, removed, added or moved`);
    if (signature && !((await keyIdOf(signature.publicKey)) === signature.keyId && (await isSignedBy(signature.publicKey, statement, signature.signature)))) found.push(`${name} is not signed by the key it names`);
    if (trust.trustedCheckpointKeys && !(signature && trust.trustedCheckpointKeys.includes(signature.publicKey))) found.push(`${name} is not signed by a trusted key`);
    return found;
  };
  for (const [index, checkpoint] of checkpoints.entries()) reasons.push(...(await judgeCheckpoint(checkpoint, `checkpoint ${index + 1}`)));
  for (const checkpoint of trust.earlierCheckpoints ?? []) reasons.push(...(await judgeCheckpoint(checkpoint, `the earlier checkpoint of ${checkpoint.statement.at}`)));
  if (checkpoints.at(-1)?.statement.size !== entries.length) reasons.push('the last checkpoint does not cover every entry');

  const limits = [
    ...(trust.trustedCheckpointKeys ? [] : ['no trusted key was given: whoever made the bundle could have made all of it']),
    ...(trust.earlierCheckpoints?.length ? [] : ['no earlier checkpoint was given: entries after the last checkpoint kept elsewhere could be missing']),
  ];
  return { ok: reasons.length === 0, reasons, limits, entries, size: entries.length, root };
}
