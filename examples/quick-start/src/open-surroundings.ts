import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createStatementSigner, generateSigningKey } from '@winre-kit/sdk';
import { createAuditLog, createFileAuditStore, createFileJournal, createFileStorage, createHttpClient, systemClock, systemIds, type HostOptions } from '@winre-kit/sdk/host';
import { createMockSecrets } from '@winre-kit/testkit';

/** What a host needs beside people's keys. */
export interface Surroundings extends Omit<HostOptions, 'approvers' | 'signers'> {
  /** Whoever verifies the audit log needs this key, from elsewhere than the log. */
  readonly auditKey: string;
  close(): Promise<void>;
}

/** One process at a time may use the folder. */
export async function openSurroundings(folder: string): Promise<Surroundings> {
  await mkdir(folder, { recursive: true });
  const secrets = createMockSecrets({}, systemClock); // in production a vault behind the same port
  const digestKey = randomBytes(32); // in production kept: another key voids the approvals of open operations
  const auditSigner = createStatementSigner(await generateSigningKey()); // in production kept, too
  const logger = { log: () => {} };

  // #region surroundings
  const journal = await createFileJournal(join(folder, 'journal'));
  const audit = await createAuditLog({ store: await createFileAuditStore(join(folder, 'audit')), clock: systemClock, signer: auditSigner });
  const storage = await createFileStorage(join(folder, 'storage'));
  const surroundings = { journal, audit, storage, secrets, digestKey, logger, http: createHttpClient(), clock: systemClock, ids: systemIds };
  // #endregion

  return {
    ...surroundings,
    auditKey: auditSigner.publicKey,
    async close() {
      await journal.close();
      await audit.close();
    },
  };
}
