import { createDeviceModel, createDeviceState, runCommands, type DeviceCommand, type DeviceModel, type DeviceState } from '@winre-kit/testkit/mdm-client';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileSettings, nodesToRead, parseReadback, settingsDrift, valueOfNode, verbFor, type CompiledSettings, type CspDialect, type ReadResult, type ReadSettings, type RecoverySettings } from '../../src/windows/index.ts';
import { arbitrarySettings } from './arbitrary-settings.ts';

/** Devices that exist: the dialect that the SDK chooses for them has to be the one that they speak. */
const arbitraryDevice = fc.record({
  build: fc.constantFrom({ build: 26_100, revision: 4_700 }, { build: 26_100, revision: 8_737 }, { build: 26_200, revision: 8_737 }),
  edition: fc.constantFrom('home' as const, 'pro' as const, 'enterprise' as const, 'education' as const, 'iot-enterprise' as const),
  passwordEncryption: fc.constantFrom('ddf-2025-06-30' as const, 'how-to-2025-06-02' as const),
});
type Device = typeof arbitraryDevice extends fc.Arbitrary<infer Value> ? Value : never;

test('whatever settings compile to, the device takes without one refusal, keeps, and gives back without drift; then the next settings too', () => {
  let written = 0;
  fc.assert(
    fc.property(arbitraryDevice, fc.array(arbitrarySettings, { minLength: 1, maxLength: 3 }), (device, changes) => {
      const simulated = createSimulatedDevice(device);
      for (const settings of changes) {
        const compiled = compileSettings(settings, device);
        expect(silentlyDropped(compiled, settings)).toEqual([]);
        if (compiled.dialect === 'none') throw new Error('every one of these devices speaks a dialect');
        written += simulated.write(compiled, simulated.read(compiled.dialect));
        expect(settingsDrift(compiled, simulated.read(compiled.dialect))).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
  expect(written).toBeGreaterThan(1_000);
});

/** What was asked for and is neither in a node nor named as not expressed. */
function silentlyDropped({ groups, notExpressed }: CompiledSettings, { remediation, restore, networks = [] }: RecoverySettings): readonly string[] {
  const uris = groups.flatMap(({ nodes }) => nodes.map(({ uri }) => uri));
  const isSaid = (setting: string): boolean => notExpressed.some((exception) => `${exception.setting}.`.startsWith(`${setting}.`) && !exception.setting.endsWith('.hidden'));
  const isDropped = (setting: string, node: RegExp): boolean => !isSaid(setting) && !uris.some((uri) => node.test(uri));
  const unsaid = networks.filter((_, index) => !isSaid(`networks.${index}`));
  const written = uris.filter((uri) => /\/(?:WlanXML|NetworkSSID)$/.test(uri));
  return [
    remediation !== undefined && isDropped('remediation', /\/Enable(?:Cloud|QuickMachine)/) ? 'remediation' : [],
    restore !== undefined && isDropped('restore', /\/EnablePointInTimeRestore$/) ? 'restore' : [],
    unsaid.length === written.length ? [] : `${unsaid.length - written.length} networks`,
  ].flat();
}

/** A device of the testkit, which shares no code with what is tested here. */
function createSimulatedDevice({ build, edition, passwordEncryption }: Device) {
  const settings = {
    build: `10.0.${build.build}.${build.revision}`, edition, isInsider: true, hardwareId: 'PC-1', deviceName: 'pc',
    passwordEncryptionCodes: passwordEncryption === 'ddf-2025-06-30' ? ('definition-file' as const) : ('how-to' as const),
  };
  const model: DeviceModel = createDeviceModel(settings);
  let state: DeviceState = createDeviceState(settings);
  const run = (commands: readonly DeviceCommand[]) => {
    const outcome = runCommands(model, state, commands, 0);
    state = outcome.state;
    return outcome.replies;
  };

  const get = (uri: string): ReadResult => {
    const replies = run([{ kind: 'tree', verb: 'Get', cmdId: '1', items: [{ targetUri: uri }] }]);
    const status = replies.find((reply) => reply.kind === 'status');
    const result = replies.find((reply) => reply.kind === 'results');
    return { uri, status: status?.status ?? 0, ...(result !== undefined && { format: result.format, value: result.data }) };
  };

  return {
    read(dialect: CspDialect): ReadSettings {
      const first = nodesToRead(dialect).map(get);
      const { stillToRead } = parseReadback(first, dialect);
      return parseReadback([...first, ...stillToRead.map(get)], dialect);
    },

    /** Removes networks that are not wanted, and sends every group as the compiled form says. @returns how many nodes were written */
    write(compiled: CompiledSettings, actual: ReadSettings): number {
      const unwanted = settingsDrift(compiled, actual).filter(({ kind }) => kind === 'extra');
      const removals = unwanted.map(({ uri, isAtomic = false }, ordinal): DeviceCommand => {
        const removal = { kind: 'tree' as const, verb: 'Delete' as const, cmdId: `90${ordinal}`, items: [{ targetUri: uri }] };
        return isAtomic ? { kind: 'group', verb: 'Atomic', cmdId: `9${ordinal}`, commands: [removal] } : removal;
      });
      const sets = compiled.groups.flatMap(({ nodes, isAtomic }, group): DeviceCommand[] => {
        const commands = nodes.map((node, ordinal): DeviceCommand => (
          { kind: 'tree', verb: verbFor(node, actual), cmdId: `${group + 1}0${ordinal}`, items: [{ targetUri: node.uri, format: node.format, data: valueOfNode(node) }] }
        ));
        return isAtomic ? [{ kind: 'group', verb: 'Atomic', cmdId: `${group + 1}`, commands }] : commands;
      });
      const refusals = run([...removals, ...sets]).filter((reply) => reply.kind === 'status' && reply.status !== 200);
      expect(refusals).toEqual([]);
      return compiled.groups.reduce((total, { nodes }) => total + nodes.length, 0);
    },
  };
}
