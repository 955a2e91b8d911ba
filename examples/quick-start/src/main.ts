import assert from 'node:assert/strict';
import { instantAt } from '@winre-kit/sdk';
import { createHost, systemClock, verifyAuditExport } from '@winre-kit/sdk/host';
import { createFakePlugin, createModelVendor } from '@winre-kit/testkit';
import { inviteApprover } from './invite-approver.ts';
import { openSurroundings } from './open-surroundings.ts';
import { listDevices } from './list-devices.ts';

const vendor = createModelVendor({ clock: systemClock, stepMs: 50 });
const { definition: vendorPlugin } = createFakePlugin({ vendor });
const ada = await inviteApprover('ada@example.com');
const surroundings = await openSurroundings();
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
const verdict = await verifyAuditExport(await surroundings.audit.exportAudit(), { trustedCheckpointKeys: [surroundings.auditKey] });
assert.deepEqual(verdict.reasons, []);
assert.deepEqual(await listDevices(surroundings), ['Front desk']);
await host[Symbol.asyncDispose]();
console.log(`one effect, ${verdict.size} audit entries verified`);
