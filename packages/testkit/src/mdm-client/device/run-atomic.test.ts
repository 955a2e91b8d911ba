import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClientCommand, StatusReply } from '../syncml/client-command.ts';
import type { DeviceCommand, TreeVerb } from '../syncml/server-command.ts';
import type { DeviceFault } from './device-fault.ts';
import { createDeviceModel, createDeviceState, type DeviceSettings } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import { runCommands, type CommandsOutcome } from './run-commands.ts';

const settings: DeviceSettings = { build: '26100.8737', isInsider: true, hardwareId: 'PC-1', deviceName: 'pc' };
const model = createDeviceModel(settings);
const fresh = createDeviceState(settings);
const restore = './Vendor/MSFT/Recovery/PointInTimeRestore';
const write = (cmdId: string, name: string, format: string, data: string, verb: TreeVerb = 'Add'): DeviceCommand => ({ kind: 'tree', verb, cmdId, items: [{ targetUri: `${restore}/${name}`, format, data }] });
const atomic = (...commands: readonly DeviceCommand[]): DeviceCommand => ({ kind: 'group', verb: 'Atomic', cmdId: '1', commands });
const run = (command: DeviceCommand, state: DeviceState = fresh): CommandsOutcome => runCommands(model, state, [command], 0);
const isStatus = (reply: ClientCommand): reply is StatusReply => reply.kind === 'status';
const codes = ({ replies }: CommandsOutcome): string[] => replies.filter(isStatus).map(({ cmdRef, status }) => `${cmdRef}:${status}`);
const disk = write('2', 'SetMaxDiskUsage', 'int', '4096');
const enable = write('3', 'EnablePointInTimeRestore', 'bool', 'true');
const tooLarge = write('4', 'SetMaxDiskUsage', 'int', '999999');

test('values may come in any order: dependencies are judged when all are there', () => {
  const outcome = run(atomic(disk, enable));
  expect([codes(outcome), outcome.state.nodes[`${restore}/SetMaxDiskUsage`]?.value]).toEqual([['1:200', '2:200', '3:200'], '4096']);
});

test('when one fails it says why, the others are rolled back, and nothing has changed', () => {
  const outcome = run(atomic(enable, tooLarge, write('5', 'SetRestorePointRetention', 'int', '60')));
  expect([codes(outcome), outcome.state]).toEqual([['1:507', '3:216', '4:400', '5:216'], fresh]);
  expect(outcome.replies.find((reply) => isStatus(reply) && reply.status === 400)).toMatchObject({ reason: 'expected 2048 to 51200, got 999999' });
});

test('a dependency that is unmet in the end is charged to the command that has it', () => {
  const outcome = run(atomic(disk, write('3', 'EnablePointInTimeRestore', 'bool', 'false')));
  expect([codes(outcome), outcome.state]).toEqual([['1:507', '2:400', '3:216'], fresh]);
});

test.each<[string, readonly DeviceCommand[], string[]]>([
  ['an Atomic inside', [enable, { kind: 'group', verb: 'Atomic', cmdId: '8', commands: [disk] }], ['1:507', '3:216', '8:500', '2:216']],
  ['a Get inside', [enable, { kind: 'tree', verb: 'Get', cmdId: '8', items: [{ targetUri: './DevInfo' }] }], ['1:507', '3:216', '8:500']],
  ['Add and Replace of one node', [enable, write('8', 'EnablePointInTimeRestore', 'bool', 'true', 'Replace')], ['1:507', '3:216', '8:500']],
  ['what is no command', [enable, { kind: 'foreign', name: 'Move', cmdId: '8' }], ['1:507', '3:216', '8:400']],
  ['a command without id', [enable, { kind: 'tree', verb: 'Delete', items: [{ targetUri: restore }] }], ['1:507', '3:216', ':400']],
  ['a chunk of a large object', [enable, { kind: 'tree', verb: 'Add', cmdId: '8', items: [{ targetUri: restore, format: 'node', hasMoreData: true, sizeBytes: 9 }] }], ['1:507', '3:216', '8:500']],
])('%s makes it fail', (_, commands, expected) => {
  const outcome = run(atomic(...commands));
  expect([codes(outcome), outcome.state]).toEqual([expected, fresh]);
});

test('a Sequence inside is part of it', () => {
  expect(codes(run(atomic({ kind: 'group', verb: 'Sequence', cmdId: '7', commands: [disk, enable] })))).toEqual(['1:200', '7:200', '2:200', '3:200']);
});

test('without an id nothing of it is run', () => {
  const { cmdId: _, ...nameless } = atomic(enable) as Extract<DeviceCommand, { kind: 'group' }>;
  const outcome = run(nameless);
  expect([codes(outcome), outcome.state]).toEqual([[':400', '3:216'], fresh]);
});

test('an Exec inside a failed Atomic never took effect', () => {
  const wipe: DeviceCommand = { kind: 'tree', verb: 'Exec', cmdId: '6', items: [{ targetUri: './Vendor/MSFT/RemoteWipe/doWipe' }] };
  expect(run(atomic(wipe, tooLarge)).state.execs).toEqual([]);
  expect(run(atomic(wipe, enable)).state.execs).toHaveLength(1);
});

test('when the rollback fails, what was written stays and says 516, once', () => {
  const state: DeviceState = { ...fresh, faults: [{ kind: 'rollback-fails', times: 1 }] };
  const outcome = run(atomic(enable, tooLarge, write('5', 'SetRestorePointRetention', 'int', '60')), state);
  expect([codes(outcome), outcome.state.nodes[`${restore}/EnablePointInTimeRestore`]?.value, outcome.state.nodes[`${restore}/SetRestorePointRetention`], outcome.state.faults]).toEqual([['1:507', '3:516', '4:400', '5:216'], 'true', undefined, []]);
  const late = run(atomic(disk, write('3', 'EnablePointInTimeRestore', 'bool', 'false')), state);
  expect([codes(late), late.state.nodes[`${restore}/SetMaxDiskUsage`], late.state.nodes[`${restore}/EnablePointInTimeRestore`]?.value]).toEqual([['1:507', '2:400', '3:516'], undefined, 'false']);
});

test('of a member with several items nothing stays either, even when the rollback fails', () => {
  const both: DeviceCommand = { kind: 'tree', verb: 'Add', cmdId: '9', items: [{ targetUri: `${restore}/SetRestorePointRetention`, format: 'int', data: '60' }, { targetUri: `${restore}/SetMaxDiskUsage`, format: 'int', data: '1' }] };
  const outcome = run(atomic(enable, both), { ...fresh, faults: [{ kind: 'rollback-fails' }] });
  expect([codes(outcome), outcome.state.nodes[`${restore}/SetRestorePointRetention`]]).toEqual([['1:507', '3:516', '9:200', '9:400'], undefined]);
});

// Commands at random: few places and values, so that they meet.
const place = fc.constantFrom(
  restore, ...['EnablePointInTimeRestore', 'SetMaxDiskUsage', 'SetRestorePointFrequency', 'SetRestorePointRetention'].map((name) => `${restore}/${name}`),
  './Vendor/MSFT/Recovery/QuickMachineRecovery', './Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery',
  './Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/EnableAutoRemediation', './Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval',
  './Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot', './Vendor/MSFT/RemoteWipe/doWipe', './DevDetail/SwV', './Nope', '/bad', './User/x',
);
const item = fc.record({ targetUri: place, format: fc.constantFrom('bool', 'int', 'chr', 'node'), data: fc.constantFrom('true', 'false', '30', '60', '4096', '99999', '') });
const tree = fc.record({ kind: fc.constant('tree' as const), verb: fc.constantFrom<TreeVerb>('Add', 'Replace', 'Delete', 'Get', 'Exec'), items: fc.array(item, { minLength: 1, maxLength: 1 }) });
/** Writes that are right by themselves, or most of an Atomic at random would fail. */
const plausible = fc.constantFrom<[TreeVerb, string, string, string]>(
  ['Add', 'EnablePointInTimeRestore', 'bool', 'true'], ['Add', 'SetMaxDiskUsage', 'int', '4096'], ['Add', 'SetRestorePointRetention', 'int', '60'], ['Add', 'SetRestorePointFrequency', 'int', '30'],
  ['Replace', 'EnablePointInTimeRestore', 'bool', 'true'], ['Replace', 'SetMaxDiskUsage', 'int', '8192'], ['Delete', 'SetRestorePointRetention', '', ''],
).map(([verb, name, format, data]) => ({ kind: 'tree' as const, verb, items: [{ targetUri: `${restore}/${name}`, format, data }] }));
const leaf = fc.oneof({ weight: 6, arbitrary: tree }, { weight: 6, arbitrary: plausible }, { weight: 1, arbitrary: fc.constantFrom<DeviceCommand>({ kind: 'alert', code: '1222' }, { kind: 'alert', code: '1100' }, { kind: 'foreign', name: 'Copy' }) });
const group = fc.record({ kind: fc.constant('group' as const), verb: fc.constantFrom('Atomic' as const, 'Sequence' as const), commands: fc.array(leaf, { maxLength: 6 }) });
const deep = fc.record({ kind: fc.constant('group' as const), verb: fc.constantFrom('Atomic' as const, 'Sequence' as const), commands: fc.array(fc.oneof(leaf, group), { maxLength: 4 }) });
const commandList: fc.Arbitrary<DeviceCommand[]> = fc.array(fc.oneof(leaf, group, deep), { maxLength: 8 });
const faultList: fc.Arbitrary<DeviceFault[]> = fc.array(fc.oneof(
  fc.record({ kind: fc.constant('busy' as const), uri: place, times: fc.constantFrom(1, 2) }),
  fc.record({ kind: fc.constant('permission-denied' as const), uri: place }),
), { maxLength: 2 });
/** Ids in document order, as a server gives them. */
const numbered = (commands: readonly DeviceCommand[]): DeviceCommand[] => {
  let last = 0;
  const number = (command: DeviceCommand): DeviceCommand => {
    const cmdId = String((last += 1));
    return command.kind === 'group' ? { ...command, cmdId, commands: command.commands.map(number) } : { ...command, cmdId };
  };
  return commands.map(number);
};
const flat = (commands: readonly DeviceCommand[]): DeviceCommand[] => commands.flatMap((command) => (command.kind === 'group' ? [command, ...flat(command.commands)] : [command]));

test('any sequence of commands gives exactly one status per command, in order, and leaves what it was given as it was', () => {
  fc.assert(fc.property(commandList, faultList, (list, faults) => {
    const commands = numbered(list);
    const state = { ...fresh, faults };
    const before = JSON.stringify(state);
    const { replies } = runCommands(model, state, commands, 0);
    expect(replies.filter(isStatus).map(({ cmdRef, cmd }) => [cmdRef, cmd])).toEqual(flat(commands).map((command) => [command.cmdId, command.kind === 'foreign' ? command.name : command.kind === 'alert' ? 'Alert' : command.verb]));
    expect(JSON.stringify(state)).toBe(before);
  }), { numRuns: 500 });
});

test('an Atomic is all or nothing: it says 200 and every member 200, or 507 and nothing has changed', () => {
  const outcomes = new Set<number>();
  fc.assert(fc.property(commandList, fc.array(fc.oneof({ weight: 8, arbitrary: plausible }, { weight: 1, arbitrary: leaf }), { minLength: 1, maxLength: 5 }), faultList, (history, members, faults) => {
    const { state } = runCommands(model, fresh, numbered(history), 0);
    const start = { ...state, faults };
    const [command] = numbered([{ kind: 'group', verb: 'Atomic', commands: members }]);
    if (!command || state.isUnenrolled) return;
    const outcome = runCommands(model, start, [command], 0);
    const [own, ...others] = outcome.replies.filter(isStatus).map(({ status }) => status);
    outcomes.add(own ?? 0);
    const isDone = own === 200;
    expect([own, isDone || JSON.stringify({ ...outcome.state, faults: [] }) === JSON.stringify({ ...start, faults: [] }), others.filter((status) => status !== (isDone ? 200 : 216)).length]).toEqual([isDone ? 200 : 507, true, isDone ? 0 : 1]);
  }), { numRuns: 500 });
  expect(outcomes).toEqual(new Set([200, 507]));
});

test('whatever is run, dependencies hold among the nodes when every write was one by itself', () => {
  fc.assert(fc.property(commandList, (list) => {
    const { state } = runCommands(model, fresh, numbered(list), 0);
    const retry = state.nodes['./Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetRetryInterval'];
    const reboot = state.nodes['./Vendor/MSFT/Recovery/QuickMachineRecovery/AutoRemediationSettings/SetTimeToReboot'];
    expect(retry === undefined || reboot === undefined || Number(retry.value) <= Number(reboot.value)).toBe(true);
    for (const uri of Object.keys(state.nodes)) {
      const parent = uri.slice(0, uri.lastIndexOf('/'));
      expect(!parent.startsWith(`./Vendor/MSFT/Recovery/`) || state.nodes[parent] !== undefined, uri).toBe(true);
    }
  }), { numRuns: 500 });
});
