import assert from 'node:assert/strict';
import { SecretValue } from '@winre-kit/sdk';
import { compileSettings, editionOfProductCode, parseWindowsBuild, type RecoverySettings } from '@winre-kit/sdk/windows';
import { createDeviceModel, createDeviceState, runCommands, type DeviceCommand } from '@winre-kit/testkit/mdm-client';
import { healDevice, type DeviceSession } from './heal-device.ts';

/** The same with the functions of the SDK alone, for an EMM that holds sessions of its own. Gives what the device's dialect cannot express. */
export async function configureWithoutEmm(passphrase: string): Promise<readonly string[]> {
  const swV = '10.0.26100.8737';
  const osEdition = 4;
  // #region compile
  const settings: RecoverySettings = {
    remediation: { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 },
    restore: { enabled: true, cadenceHours: 12, retentionHours: 72, maxDiskBytes: 10 * 1_073_741_824 },
    networks: [
      { profile: { kind: 'wifi-wpa2-psk', ssid: 'Depot', key: { secret: 'depot-wifi' }, hidden: false }, key: new SecretValue(passphrase) },
      { profile: { kind: 'wifi-wpa3-sae', ssid: 'Office', key: { secret: 'office-wifi' }, hidden: false, transition: false } },
    ],
  };
  const target = { build: parseWindowsBuild(swV), edition: editionOfProductCode(osEdition) }; // ./DevDetail/SwV, and OSEdition of the enrolment
  const compiled = compileSettings(settings, target);
  const unsaid = compiled.notExpressed.map(({ setting, kind, reason }) => `${setting} (${kind}): ${reason}`);
  // #endregion
  assert.equal(compiled.dialect, 'recovery');
  for (const build of [swV, '10.0.26100.4700']) await configureThrice(build, settings);
  return unsaid;
}

/** Sets everything, takes the networks off again, and gives them back. Nothing differs after any of it. */
async function configureThrice(build: string, settings: RecoverySettings): Promise<void> {
  const session = createSimulatedSession(build);
  for (const networks of [settings.networks, [], settings.networks]) {
    const compiled = compileSettings({ ...settings, networks }, { build: parseWindowsBuild(build), edition: 'enterprise' });
    assert(compiled.dialect !== 'none');
    assert.deepEqual(await healDevice(session, compiled, compiled.dialect), []);
  }
}

/** A session with a simulated device, without a network between. Your own sends SyncML here. */
function createSimulatedSession(build: string): DeviceSession {
  const device = { build, isInsider: true, hardwareId: 'pc', deviceName: 'pc' };
  const model = createDeviceModel(device);
  let state = createDeviceState(device);
  const run = (command: DeviceCommand): ReturnType<typeof runCommands>['replies'] => {
    const outcome = runCommands(model, state, [command], 0);
    ({ state } = outcome);
    return outcome.replies;
  };
  return {
    get: async (uris) =>
      uris.map((uri) => {
        const replies = run({ kind: 'tree', verb: 'Get', cmdId: '1', items: [{ targetUri: uri }] });
        const status = replies.find((reply) => reply.kind === 'status')?.status ?? 0;
        const results = replies.find((reply) => reply.kind === 'results');
        return { uri, status, ...(results && { format: results.format, value: results.data }) };
      }),
    async send(changes, { isAtomic }) {
      const commands = changes.map(({ verb, uri, format, value }, ordinal): DeviceCommand => (
        { kind: 'tree', verb, cmdId: `${ordinal + 2}`, items: [{ targetUri: uri, ...(format !== undefined && { format }), ...(value !== undefined && { data: value }) }] }
      ));
      const all: readonly DeviceCommand[] = isAtomic ? [{ kind: 'group', verb: 'Atomic', cmdId: '1', commands }] : commands;
      const refused = all.flatMap(run).filter((reply) => reply.kind === 'status' && reply.status !== 200);
      assert.deepEqual(refused, []);
    },
  };
}
