// A host as a program: `host-child.ts FOLDER VENDOR_URL start|recover PAUSE_AT`. Prints one JSON line per thing that happened. Meant to be killed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStatementSigner, instantAt, signApproval, type SigningKeyPair } from '@winre-kit/sdk';
import { approvalStatementFor, createAuditLog, createFileAuditStore, createFileJournal, createFileStorage, createHost, createHttpClient, systemClock, systemIds } from '@winre-kit/sdk/host';
import { createTinyPlugin } from './tiny-plugin.ts';

const [folder = '', vendorUrl = '', mode = '', pauseAt = ''] = process.argv.slice(2);
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const approver = createStatementSigner(JSON.parse(readFileSync(join(folder, 'approver.json'), 'utf8')) as SigningKeyPair);

const host = createHost({
  journal: await createFileJournal(join(folder, 'journal')),
  audit: await createAuditLog({ store: await createFileAuditStore(join(folder, 'audit')), clock: systemClock }),
  approvers: [{ keyId: approver.keyId, principal: 'ada@example.com', purpose: 'approve', publicKey: approver.publicKey }],
  signers: [],
  secrets: { resolve: () => Promise.reject(new TypeError('this host has no secrets')) },
  http: createHttpClient(),
  clock: systemClock,
  ids: systemIds,
  logger: { log: (level, message) => say({ log: `${level} ${message}` }) },
  storage: await createFileStorage(join(folder, 'storage')),
  digestKey: new Uint8Array(32).fill(1),
});
const plugin = createTinyPlugin(async (where) => {
  if (where !== pauseAt) return;
  say({ paused: where });
  // Longer than any test; the parent kills this process.
  await systemClock.sleep(600_000);
});
await host.openPlugin(plugin, { url: vendorUrl });

if (mode === 'start') {
  const plan = await host.plan('tiny-plugin', { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device: { id: 'device-1', enrolmentEpoch: 'epoch-1' }, restorePointId: 'point-1' });
  const inAnHour = instantAt(systemClock.now() + 3_600_000);
  await host.submit(plan, { operationKey: 'key-1', requestedBy: 'olivia@example.com', approveBy: inAnHour, executeBy: inAnHour, ttlMs: 3_600_000 });
  const statement = approvalStatementFor(await host.approvalRequest('key-1'), { decision: 'approve', decidedAt: instantAt(systemClock.now()) });
  await host.approve('key-1', await signApproval(statement, approver));
  await host.start('key-1');
} else {
  say({ recovered: await host.recover() });
}
for await (const { state } of host.watch('key-1')) say({ state });
await host[Symbol.asyncDispose]();
say({ ended: (await host.operations.get('key-1')).state });
