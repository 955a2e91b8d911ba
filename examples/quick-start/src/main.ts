import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instantAt } from '@winre-kit/sdk';
import { createHost, systemClock, verifyAuditExport } from '@winre-kit/sdk/host';
import { createFakePlugin, createModelVendor } from '@winre-kit/testkit';
import { followPlaybook } from './follow-playbook.ts';
import { inviteApprover } from './invite-approver.ts';
import { listDevices } from './list-devices.ts';
import { openSurroundings } from './open-surroundings.ts';

const vendor = createModelVendor({ clock: systemClock, stepMs: 50 });
const { definition: vendorPlugin } = createFakePlugin({ vendor });
const ada = await inviteApprover('ada@example.com');
const folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
const surroundings = await openSurroundings(folder);
const inMinutes = (minutes: number): string => instantAt(systemClock.now() + minutes * 60_000);

// #region quick-start
const host = createHost({ ...surroundings, approvers: [ada.key], signers: [] });
const plugin = await host.openPlugin(vendorPlugin, { tenantId: 'tenant-1' });
const { id, enrolmentEpoch } = await plugin.devices.get('device-1');
const intent = { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device: { id, enrolmentEpoch }, restorePointId: 'restore-point-1', safetySnapshot: true };
const plan = await host.plan(plugin.id, intent); // asks the device, changes nothing
console.log(plan.prechecks, plan.loss);
await host.submit(plan, { operationKey: 'R-1', requestedBy: 'olivia@example.com', approveBy: inMinutes(60), executeBy: inMinutes(120), ttlMs: 7_200_000 });
await host.approve('R-1', await ada.sign(await host.approvalRequest('R-1'))); // on another machine, by another person
await host.start('R-1'); // written to the journal, then sent, once
for await (const { state, reason } of host.watch('R-1')) console.log(state, reason);
// #endregion
assert.equal((await host.operations.get('R-1')).state, 'succeeded');
assert.equal(vendor.effectsOf('R-1'), 1);

vendor.sessions.detect({ sessionId: 'session-1', device: { id, enrolmentEpoch } });
for await (const session of host.sessions.watch()) if (session.state === 'live') break;
const [outcome] = await followPlaybook(host, plugin.id, { id, enrolmentEpoch }, ada, AbortSignal.timeout(30_000));
assert.equal(outcome, 'done');
assert.equal(vendor.effectsOf('run-1:restore:1'), 1);
assert.deepEqual(await listDevices(surroundings), ['Front desk']);

const { audit, auditKey } = surroundings;
const file = join(folder, 'audit-export.json');
// #region audit
await writeFile(file, JSON.stringify(await audit.exportAudit()));
const verdict = await verifyAuditExport(JSON.parse(await readFile(file, 'utf8')), { trustedCheckpointKeys: [auditKey] });
console.log(verdict.ok, verdict.size, verdict.reasons, verdict.limits);
// #endregion
assert.deepEqual(verdict.reasons, []);

await host[Symbol.asyncDispose]();
await surroundings.close();
await rm(folder, { recursive: true });
