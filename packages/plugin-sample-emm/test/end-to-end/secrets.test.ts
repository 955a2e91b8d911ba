import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RecoveryError, SecretValue } from '@winre-kit/sdk';
import { createCanarySecrets, type CanaryLeak } from '@winre-kit/testkit';
import { createEscrowOpener } from '@winre-kit/winre-agent/gateway';
import { escrowContext, type Sealed } from '@winre-kit/winre-agent/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect, tenantId } from '../emm-world.ts';
import { startFaultWorld, type FaultWorld } from './fault-world.ts';
import { allowForBusyMachines } from './load-tolerance.ts';
import { approved, approvedRestore, endOf, intoRecovery, patience, scriptIntent } from './operate.ts';
import { readManifest } from './small-volume.ts';

allowForBusyMachines();

const canaries = createCanarySecrets('end-to-end');
const wifiKey = canaries.secret('Wi-Fi key', 'passphrase');
const ssid = 'Contoso-Recovery';
/** Files whose purpose is to hand a secret over, readable by their owner only. */
const meantToHold = /\/(administrator-token\.contoso|enrolment-token|secrets\/wifi-key)$/;

let world: FaultWorld;
beforeAll(async () => {
  world = await startFaultWorld({ secrets: { 'wifi-key': wifiKey } });
  canaries.plant('administrator token', world.adminToken);
});
afterAll(() => world[Symbol.asyncDispose]());

/** The recovery key, as only somebody with both the EMM's database and its key file can read it. */
async function recoveryKeyOf(deviceId: string): Promise<{ readonly keyId: string; readonly key: string }> {
  const database = new DatabaseSync(join(world.folder, 'emm', 'emm.db'), { readOnly: true });
  const rows = database.prepare("SELECT record FROM gateway_records WHERE table_name = 'escrow' AND device_id = ?").all(deviceId);
  database.close();
  const { volumeId, keyId, sealedRecoveryKey } = JSON.parse(String(rows[0]?.['record'])) as { volumeId: string; keyId: string; sealedRecoveryKey: Sealed };
  const { escrowKey } = JSON.parse(await readFile(join(world.folder, 'emm', 'server-keys.json'), 'utf8')) as { escrowKey: { publicKey: string; privateKeyPkcs8: string } };
  const opener = await createEscrowOpener({ publicKey: escrowKey.publicKey, privateKeyPkcs8: new SecretValue(escrowKey.privateKeyPkcs8) });
  return { keyId, key: (await opener.open(sealedRecoveryKey, escrowContext({ deviceId, volumeId, keyId }))).reveal() };
}

/** A process and everything it started. */
async function withDescendants(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return [pid, ...(await Promise.all(children.trim().split(/\s+/).filter((child) => child !== '').map((child) => withDescendants(Number(child))))).flat()];
}

test('through a whole recovery with a Wi-Fi key and a released recovery key no secret is anywhere but where it has to be', async () => {
  const { host, pluginId } = world.opened;
  const heard: unknown[] = [];
  for (const name of ['session-detected', 'session-updated', 'session-resumed', 'session-lost', 'session-ended', 'session-log', 'operation-changed'] as const) host.events.on(name, (event: unknown) => void heard.push({ name, event: structuredClone(event) }));
  // What a listener throws is logged, so that there is a log to look into.
  host.events.on('operation-changed', (event) => {
    throw new RangeError(`a listener failed on ${JSON.stringify(event)}`);
  });
  const errors: unknown[] = [];
  const refused = async (attempt: Promise<unknown>, code: string): Promise<void> => {
    const error = await attempt.then(() => undefined, (caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    errors.push(error, RecoveryError.isInstance(error) ? error.toJSON() : undefined);
  };
  const lines: string[] = [];
  const leaksInProcesses: CanaryLeak[] = [];
  const lookAtProcesses = async (): Promise<void> => {
    const pids = (await Promise.all(world.pids().map((pid) => withDescendants(pid)))).flat();
    leaksInProcesses.push(...(await canaries.scanProcesses([...pids, process.pid])));
  };

  // A healthy day: the recovery key goes into escrow.
  const keySha256 = createHash('sha256').update(wifiKey).digest('hex');
  const device = await world.addDevice('laptop', { encrypted: true, networks: [{ kind: 'ethernet-dhcp' }, { kind: 'wifi-wpa2-psk', ssid, keySha256 }] });
  for (const [index, token] of world.enrolmentTokens.entries()) canaries.plant(`enrolment token ${index}`, token);
  await device.start().line(/"recovery key in escrow"/);
  lines.push(...device.agent.lines);
  await device.agent.kill();
  const { keyId, key } = await recoveryKeyOf(device.binding.id);
  expect(key).toMatch(/^(\d{6}-){7}\d{6}$/);
  canaries.plant('recovery key', key);
  // As a log could hold it without its dashes.
  canaries.plant('recovery key without dashes', key.replaceAll('-', ''));

  // It breaks; everything that a recovery can need is used.
  const { sessionId } = await intoRecovery(world, device);
  const target = { tenantId, device: device.binding };
  const run = async (operationKey: string, intent: object): Promise<unknown> => {
    await approved(world, operationKey, intent);
    await host.start(operationKey, { signal: patience() });
    await lookAtProcesses();
    const end = await endOf(world, operationKey);
    expect(end).toMatchObject({ state: 'succeeded' });
    return end;
  };
  const profile = { kind: 'wifi-wpa2-psk', ssid, key: { secret: 'wifi-key' } };
  await run('wifi', { capability: 'winre.network.configure', ...target, profile, confirmDisconnect: true, rollBackAfterMs: 20_000 });
  await refused(approvedRestore(world, device, 'locked'), 'failed-precondition');
  await run('script', await scriptIntent(world, device, 'env; cat /proc/self/cmdline; ls -laR .. | head -50\n'));
  await refused(host.plan(pluginId, { capability: 'winre.network.configure', ...target, profile: { ...profile, key: { secret: 'emm-token' } }, confirmDisconnect: true }), 'permission-denied');
  await run('unlock', { capability: 'winre.keys.release', ...target, sessionId, volumeId: 'os' });
  await approvedRestore(world, device, 'restore');
  await refused(host.start('nobody'), 'not-found');
  await host.start('restore', { signal: patience() });
  await lookAtProcesses();
  expect(await endOf(world, 'restore')).toMatchObject({ state: 'succeeded' });
  expect(await readManifest(device.volume)).toEqual(world.good);
  await run('boot', { capability: 'winre.session.exit', ...target, sessionId });
  expect((await recoveryKeyOf(device.binding.id)).keyId).toBe(keyId);

  // The same again after everybody was killed and started again.
  lines.push(...device.agent.lines);
  await device.agent.kill();
  await world.killEmm();
  const emmOutput = [world.emm.output()];
  await world.startEmm();
  await device.startAgain();
  await lookAtProcesses();
  const auditExport = await host.audit.exportAudit();
  const operations = await host.operations.list();
  const reported = await collect(host.plugin(pluginId).operations.list());
  const adminAudit = (await world.admin('GET', '/audit?pageSize=500')).body;
  const seen = { heard, errors, lines: [...lines, ...device.agent.lines], emmOutput: [...emmOutput, world.emm.output()], hostLogs: world.hostLogs, auditExport, operations, reported, adminAudit };
  for (const [where, subject] of Object.entries(seen)) {
    expect(JSON.stringify(subject).length, `${where} has something to look into`).toBeGreaterThan(2);
    expect(canaries.findLeaks(subject, where)).toEqual([]);
  }
  expect(leaksInProcesses).toEqual([]);
  const places = await canaries.scanFolder(world.folder);
  expect(places.filter(({ where }) => !meantToHold.test(where))).toEqual([]);
  // The search does find what is there.
  expect(new Set(places.map(({ name }) => name))).toEqual(new Set(['Wi-Fi key', 'administrator token', ...world.enrolmentTokens.map((_, index) => `enrolment token ${index}`)]));
});
