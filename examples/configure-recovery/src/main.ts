import assert from 'node:assert/strict';
import { createCanarySecrets } from '@winre-kit/testkit';
import { describePc } from './describe-pc.ts';
import { changeAtPc, enrolFrontDesk, setFrontDesk } from './front-desk.ts';
import { openHost } from './open-host.ts';
import { startEmm } from './start-emm.ts';
import { configureWithoutEmm } from './without-emm.ts';

const canaries = createCanarySecrets('configure-recovery');
const keys = { depot: canaries.secret('depot-wifi', 'passphrase'), yard: canaries.secret('yard-wifi', 'passphrase') };
const printed: string[] = [];
const print = (...lines: readonly string[]): void => {
  printed.push(...lines);
  console.log(lines.join('\n'));
};

await using emm = await startEmm();
const pcs = await enrolFrontDesk(emm, canaries);
const [insider, , older] = pcs;
assert(insider && older);

print('One group: Quick Machine Recovery, point-in-time restore, two networks for WinRE.', '');
await setFrontDesk(emm, pcs, keys);
const views = [];
for (const pc of pcs) {
  const { view } = await pc.sync();
  views.push(view);
  print(...describePc(pc, view), '');
}
assert.deepEqual(
  views.map(({ dialect, lastSession }) => [dialect, lastSession.outcome]),
  [['recovery', 'converged'], ['recovery', 'converged'], ['remote-remediation', 'converged'], ['none', 'unsupported']],
);
assert.deepEqual(views.map(({ actual }) => actual?.networks.map(({ ssid }) => ssid)), [['Depot', 'Yard'], [], ['Depot'], undefined]);
assert.deepEqual(views.map(({ drift }) => drift), [[], [], [], []]);
assert.deepEqual(
  views.map(({ notExpressed }) => notExpressed.map(({ setting }) => setting)),
  [[], ['networks'], ['restore', 'networks.1'], ['remediation', 'restore', 'networks.0', 'networks.1']],
);
assert.equal(insider.client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency'), '720');
assert.equal(older.client.node('./Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/AutoRemediationSettings/SetRetryInterval'), '30');

print('A second session changes nothing.', '');
for (const pc of pcs) assert.deepEqual((await pc.sync()).changes, [], pc.name);

for (const pc of [insider, older]) {
  const healthy = pc.client.nodes();
  print(`A local administrator changes ${pc.name}: ${changeAtPc(pc).join('; ')}.`);
  assert.notDeepEqual(pc.client.nodes(), healthy);
  const { view, changes } = await pc.sync();
  views.push(view);
  assert.deepEqual(pc.client.nodes(), healthy);
  assert.deepEqual([view.lastSession.outcome, view.drift], ['converged', []]);
  assert.equal(changes.length, 6); // groups whole, and no other group
  print('Healed at its next session:', ...changes.map((change) => `  ${change}`), ...describePc(pc, view), '');
}

const { host, plugin } = await openHost(emm);
const device = { id: older.id, enrolmentEpoch: older.enrolmentEpoch };
// #region plugin
const policy = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 15, timeToRebootMinutes: 60 };
const { notices } = await plugin.remediation.policy.set(device, policy); // for this device alone; it comes before its group
const before = await plugin.remediation.policy.get(device); // what the device has, which is not yet what was asked for
// #endregion
assert.equal(before?.retryIntervalMinutes, 30);
print(`A host sets a policy for ${older.name} alone, through the plug-in:`, ...notices.map(({ message }) => `  notice         ${message}`));
await older.sync();
assert.deepEqual(await plugin.remediation.policy.get(device), policy);
print('  read back      after its next session the device has it', '');
await host[Symbol.asyncDispose]();

print('Without the EMM, by the functions of @winre-kit/sdk/windows:', ...(await configureWithoutEmm(keys.depot)).map((line) => `  not expressed  ${line}`), '');

const audit = await emm.admin('GET', '/audit?pageSize=500');
const leaks = [...canaries.findLeaks([printed, emm.logs, audit, views]), ...(await canaries.scanFolder(emm.folder))];
assert.deepEqual(leaks, []);
print('No key and no enrolment token in output, log, audit, replies or any file of the EMM.');
