import assert from 'node:assert/strict';
import { createCanarySecrets } from '@winre-kit/testkit';
import { describeDevice } from './describe-device.ts';
import { enrolPc } from './enrol-pc.ts';
import { openHost } from './open-host.ts';
import { startEmm } from './start-emm.ts';
import { configureWithoutEmm } from './without-emm.ts';

const canaries = createCanarySecrets('configure-recovery');
const depotKey = canaries.secret('depot-wifi', 'passphrase');
const yardKey = canaries.secret('yard-wifi', 'passphrase');
const printed: string[] = [];
const print = (...lines: readonly string[]): void => {
  printed.push(...lines);
  console.log(lines.join('\n'));
};

await using emm = await startEmm();
const insider = await enrolPc(emm, canaries, { deviceName: 'desk-1', build: '10.0.26100.8737', isInsider: true });
const released = await enrolPc(emm, canaries, { deviceName: 'desk-2', build: '10.0.26100.8737' });
const older = await enrolPc(emm, canaries, { deviceName: 'depot-7', build: '10.0.26100.4700' });

print('One group: Quick Machine Recovery, point-in-time restore, two networks for WinRE.', '');
const wifi = (ssid: string, key: string): object => ({ profile: { kind: 'wifi-wpa2-psk', ssid, key: { secret: `${ssid}-wifi` }, hidden: false }, key });
// #region group
await emm.admin('PUT', '/groups/front-desk/settings', {
  remediation: { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 },
  restore: { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10 * 1_073_741_824 },
  networks: [wifi('Depot', depotKey), wifi('Yard', yardKey)],
});
await emm.admin('PUT', '/groups/front-desk', { deviceIds: [insider.id, released.id, older.id] });
// #endregion
const views = [];
for (const pc of [insider, released, older]) {
  const { view } = await pc.sync();
  views.push(view);
  print(...describeDevice(pc, view), '');
}
assert.deepEqual(views.map(({ dialect, lastSession }) => [dialect, lastSession.outcome]), [['recovery', 'converged'], ['recovery', 'converged'], ['remote-remediation', 'converged']]);
assert.deepEqual(views.map(({ actual }) => actual.networks.map(({ ssid }) => ssid)), [['Depot', 'Yard'], [], ['Depot']]);
assert.deepEqual(views.map(({ drift }) => drift), [[], [], []]);
assert.deepEqual(views.map(({ notExpressed }) => notExpressed.map(({ setting }) => setting)), [[], ['networks'], ['restore', 'networks.1']]);
assert.equal(insider.client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency'), '720');
assert.equal(older.client.node('./Vendor/MSFT/RemoteRemediation/CloudRemediationSettings/AutoRemediationSettings/SetRetryInterval'), '30');

print('A second session changes nothing.');
for (const pc of [insider, released, older]) assert.deepEqual((await pc.sync()).changes, [], pc.name);

print('', 'Somebody at desk-1 takes restore points every 4 hours and removes a network.');
const healthy = insider.client.nodes();
insider.client.changeLocally('./Vendor/MSFT/Recovery/PointInTimeRestore/SetRestorePointFrequency', '240');
insider.client.changeLocally('./Vendor/MSFT/Recovery/NetworkSettings/Wifi/Yard', undefined);
assert.notDeepEqual(insider.client.nodes(), healthy);
const { view: healed, changes } = await insider.sync();
assert.deepEqual(insider.client.nodes(), healthy);
assert.deepEqual([healed.lastSession.outcome, healed.drift], ['converged', []]);
assert.equal(changes.length, 6);
print('Healed at its next session:', ...changes.map((change) => `  ${change}`), ...describeDevice(insider, healed), '');

const { host, plugin } = await openHost(emm);
const device = { id: older.id, enrolmentEpoch: older.enrolmentEpoch };
// #region plugin
const policy = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 15, timeToRebootMinutes: 60 };
const { notices } = await plugin.remediation.policy.set(device, policy); // for this device alone; it comes before its group
const before = await plugin.remediation.policy.get(device); // what the device has, which is not yet what was asked for
// #endregion
assert.equal(before?.retryIntervalMinutes, 30);
print('A host sets a policy for depot-7 alone, through the plug-in:', ...notices.map(({ message }) => `  notice         ${message}`));
await older.sync();
assert.deepEqual(await plugin.remediation.policy.get(device), policy);
print('  read back      after its next session the device has it', '');
await host[Symbol.asyncDispose]();

print('Without the EMM, by the functions of @winre-kit/sdk/windows:', ...(await configureWithoutEmm(depotKey)).map((line) => `  not expressed  ${line}`), '');

const audit = await emm.admin('GET', '/audit?pageSize=500');
const leaks = [...canaries.findLeaks([printed, emm.logs, audit, views, healed]), ...(await canaries.scanFolder(emm.folder))];
assert.deepEqual(leaks, []);
print('No key and no enrolment token in output, log, audit, replies or any file of the EMM.');
