import { instantAt, type Clock } from '../../contract/clock.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { StatementSigner } from '../../trust/ed25519.ts';
import { auditEntrySchema, type AuditCheckpoint, type AuditEntry } from './audit-entry.ts';
import { auditLeafHash } from './audit-leaf.ts';
import type { AuditLog } from './audit-log.ts';
import type { AuditStore } from './audit-store.ts';
import { appendLeaf, frontierRoot, type MerkleFrontier } from './merkle-frontier.ts';
import { consistencyProof, inclusionProof, merkleRoot } from './merkle-tree.ts';

/**
 * Opens the audit log that a store holds, and goes on with it.
 *
 * @throws {RecoveryError} `data-loss` when the stored entries do not match the stored checkpoints
 */
export async function createAuditLog({ store, clock, signer }: { readonly store: AuditStore; readonly clock: Clock; readonly signer?: StatementSigner }): Promise<AuditLog> {
  const entries: AuditEntry[] = [];
  const leaves: string[] = [];
  const checkpoints: AuditCheckpoint[] = [];
  let frontier: MerkleFrontier = [];
  let queue: Promise<unknown> = Promise.resolve();

  const keep = (entry: AuditEntry): void => {
    const leaf = auditLeafHash(entry);
    entries.push(entry);
    leaves.push(leaf);
    frontier = appendLeaf(frontier, leaf);
  };
  for await (const record of store.read()) {
    if (record.type === 'entry') {
      if (record.entry.sequence !== entries.length) throw new RecoveryError('data-loss', `audit log: entry ${entries.length} is missing`);
      keep(record.entry);
    } else {
      const { size, root } = record.checkpoint.statement;
      if (size !== entries.length || root !== frontierRoot(frontier)) throw new RecoveryError('data-loss', `audit log: the checkpoint of ${size} entries does not match the ${entries.length} entries before it`);
      checkpoints.push(record.checkpoint);
    }
  }
  const inOrder = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };
  const checkpoint = (): Promise<AuditCheckpoint> =>
    inOrder(async () => {
      const statement = { kind: 'winre-audit-checkpoint/v1' as const, size: entries.length, root: frontierRoot(frontier), at: instantAt(clock.now()) };
      const made: AuditCheckpoint = signer ? { statement, signature: { keyId: signer.keyId, publicKey: signer.publicKey, signature: await signer.sign(statement) } } : { statement };
      await store.append({ type: 'checkpoint', checkpoint: made });
      checkpoints.push(made);
      return made;
    });

  return {
    append: (input) =>
      inOrder(async () => {
        const entry = auditEntrySchema.parse({ ...plainJson(input), sequence: entries.length, at: instantAt(clock.now()) });
        await store.append({ type: 'entry', entry });
        keep(entry);
        return entry;
      }),
    checkpoint,
    async exportAudit() {
      await checkpoint();
      const { size } = checkpoints.at(-1)?.statement ?? { size: 0 };
      return structuredClone({ kind: 'winre-audit-export/v1' as const, entries: entries.slice(0, size), checkpoints });
    },
    inclusionProof(sequence, size = leaves.length) {
      if (sequence < 0 || sequence >= size || size > leaves.length) throw new RecoveryError('not-found', `no entry ${sequence} in a log of ${size}`);
      return inclusionProof(leaves.slice(0, size), sequence);
    },
    consistencyProof(fromSize) {
      if (fromSize < 0 || fromSize > leaves.length) throw new RecoveryError('not-found', `the log has ${leaves.length} entries, not ${fromSize}`);
      return consistencyProof(leaves, fromSize);
    },
    get size() {
      return leaves.length;
    },
    get root() {
      return leaves.length === 0 ? merkleRoot([]) : frontierRoot(frontier);
    },
    async close() {
      await queue;
      await store.close();
    },
  };
}

/** Exactly what JSON keeps, so that the hashed entry and the stored one are the same. */
function plainJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
