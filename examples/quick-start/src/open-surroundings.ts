import { randomBytes } from 'node:crypto';
import { createStatementSigner, generateSigningKey } from '@winre-kit/sdk';
import { createAuditLog, createHttpClient, createMemoryAuditStore, createMemoryJournal, createMemoryStorage, systemClock, systemIds, type HostOptions } from '@winre-kit/sdk/host';
import { createMockSecrets } from '@winre-kit/testkit';

/** What a host needs beside people's keys. A production host uses the file journal, audit store and storage, a vault for secrets, and keeps its digest key. */
export type Surroundings = Omit<HostOptions, 'approvers' | 'signers'> & { readonly auditKey: string };

export async function openSurroundings(): Promise<Surroundings> {
  const auditSigner = createStatementSigner(await generateSigningKey());
  return {
    journal: createMemoryJournal(),
    audit: await createAuditLog({ store: createMemoryAuditStore(), clock: systemClock, signer: auditSigner }),
    auditKey: auditSigner.publicKey,
    secrets: createMockSecrets({}, systemClock),
    http: createHttpClient(),
    clock: systemClock,
    ids: systemIds,
    logger: { log: () => {} },
    storage: createMemoryStorage(),
    digestKey: randomBytes(32),
    followSessions: false,
  };
}
