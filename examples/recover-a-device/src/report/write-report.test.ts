import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStatementSigner, generateSigningKey } from '@winre-kit/sdk';
import { createAuditLog, createMemoryAuditStore, type AuditEntryInput, type AuditExport } from '@winre-kit/sdk/host';
import { createManualClock } from '@winre-kit/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recoveryReportOf } from './recovery-report.ts';
import { writeReport } from './write-report.ts';

const subject = { pluginId: 'p', deviceId: 'device-1', operationKey: 'restore-1' };
const loss = { files: 1, bytes: 7, entries: [{ path: '<b>notes</b>.txt', change: 'created', bytes: 7 }], truncated: false, digest: 'd', window: null };
const configured = { group: 'front-desk', quickMachineRecovery: 'on', pointInTimeRestore: '', networks: [] };
const told: readonly AuditEntryInput[] = [
  { kind: 'operation.submitted', actor: 'olivia', subject, message: 'submitted', facts: { capability: 'winre.restore.trigger', effect: 'destructive', requestedBy: 'olivia', loss } },
  { kind: 'operation.approval', actor: 'adam', subject, message: 'approved by adam', facts: { decidedAt: '2026-11-22T03:00:00.000Z', reason: 'fine' } },
  { kind: 'operation.evidence', actor: 'host', subject, message: 'volume-matches observed by agent', facts: {} },
  { kind: 'operation.state', actor: 'host', subject, message: 'done', facts: { to: 'succeeded' } },
  { kind: 'policy.set', actor: 'olivia', subject: { pluginId: 'p' }, message: 'settings', facts: configured },
  { kind: 'policy.set', actor: 'host', subject: { pluginId: 'p', deviceId: 'device-2' }, message: 'desk-1: read back', facts: { ...configured, name: 'desk-1', windows: '24H2', dialect: 'Recovery', notExpressed: [], drift: [], nodesWritten: 4 } },
];

let folder: string;
let exported: AuditExport;
let trustedCheckpointKeys: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  const signer = createStatementSigner(await generateSigningKey());
  const log = await createAuditLog({ store: createMemoryAuditStore(), clock: createManualClock({ nowMs: Date.parse('2026-11-22T03:00:00Z') }), signer });
  for (const entry of told) await log.append(entry);
  exported = await log.exportAudit();
  trustedCheckpointKeys = [signer.publicKey];
});
afterEach(() => rm(folder, { recursive: true }));

test('the report shows losses, approvals and outcome, and escapes what came from devices', async () => {
  const file = join(folder, 'report.html');
  await writeReport(exported, file, { trustedCheckpointKeys });
  const page = await readFile(file, 'utf8');
  expect(page).toContain('&lt;b&gt;notes&lt;/b&gt;.txt');
  expect(page).not.toContain('<b>notes');
  expect(page).toContain('adam');
  expect(page).not.toMatch(/<script|https?:\/\//);
});

test('the report shows what was configured, and names devices that have a name', async () => {
  const file = join(folder, 'report.html');
  await writeReport(exported, file, { trustedCheckpointKeys });
  const page = await readFile(file, 'utf8');
  expect(page).toMatch(/<h2 id="configured-front-desk">.*<th scope="row">desk-1 .*<h2>Operations<\/h2>/s);
  expect(page).toContain('<h2>Device desk-1 <code>device-2</code></h2>');
});

test.each([
  ['altered', (bundle: AuditExport) => void ((bundle.entries[2] as { message: string }).message = 'something else')],
  ['removed', (bundle: AuditExport) => void bundle.entries.splice(1, 1)],
  ['moved', (bundle: AuditExport) => void bundle.entries.unshift(...bundle.entries.splice(2, 1))],
])('an export with an entry %s makes no report', async (_how, damage) => {
  const bundle = structuredClone(exported);
  damage(bundle);
  const file = join(folder, 'report.html');
  await expect(writeReport(bundle, file, { trustedCheckpointKeys })).rejects.toMatchObject({ code: 'data-loss' });
  await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an export signed by somebody else makes no report', async () => {
  const stranger = await generateSigningKey();
  await expect(writeReport(exported, join(folder, 'report.html'), { trustedCheckpointKeys: [stranger.publicKey] })).rejects.toMatchObject({ code: 'data-loss' });
});

test('an operation is told with who asked, who approved, what was lost, and how it ended', () => {
  const [operation] = recoveryReportOf(exported.entries).operations;
  expect(operation).toMatchObject({ requestedBy: 'olivia', approvals: [{ by: 'adam', reason: 'fine' }], loss: { files: 1 }, state: 'succeeded', evidence: 'volume-matches observed by agent' });
});
