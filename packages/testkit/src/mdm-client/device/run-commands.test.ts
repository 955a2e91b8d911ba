import { expect, test } from 'vitest';
import type { ClientCommand } from '../syncml/client-command.ts';
import type { CommandItem, DeviceCommand, TreeVerb } from '../syncml/server-command.ts';
import { createDeviceModel, createDeviceState, type DeviceSettings } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import { runCommands, type CommandsOutcome } from './run-commands.ts';

const settings: DeviceSettings = { build: '26100.8737', isInsider: true, hardwareId: 'PC-1', deviceName: 'pc' };
const recovery = './Vendor/MSFT/Recovery';
const machine = `${recovery}/QuickMachineRecovery`;
const automatic = `${machine}/AutoRemediationSettings`;
const restore = `${recovery}/PointInTimeRestore`;
const cloud = './Vendor/MSFT/RemoteRemediation/CloudRemediationSettings';

let nextId = 0;
const command = (verb: TreeVerb, targetUri: string, format?: string, data?: string, more: Partial<CommandItem> = {}): DeviceCommand =>
  ({ kind: 'tree', verb, cmdId: String((nextId += 1)), items: [{ targetUri, ...(format === undefined ? {} : { format }), ...(data === undefined ? {} : { data }), ...more }] });
const atomic = (...commands: readonly DeviceCommand[]): DeviceCommand => ({ kind: 'group', verb: 'Atomic', cmdId: String((nextId += 1)), commands });
const run = (commands: readonly DeviceCommand[], state: DeviceState = createDeviceState(settings), changed: Partial<DeviceSettings> = {}): CommandsOutcome =>
  runCommands(createDeviceModel({ ...settings, ...changed }), state, commands, 5_000);
const codes = (replies: readonly ClientCommand[]): string[] => replies.map((reply) => (reply.kind === 'status' ? `${reply.cmd} ${reply.status}` : reply.kind));
const codesOf = (...commands: readonly DeviceCommand[]): string[] => codes(run(commands).replies);
const valueOf = ({ state }: CommandsOutcome, uri: string): string | undefined => state.nodes[uri]?.value;
const on = command('Add', `${machine}/EnableQuickMachineRecovery`, 'bool', 'true');
const automaticOn = command('Add', `${automatic}/EnableAutoRemediation`, 'bool', 'true');

test.each<[string, readonly DeviceCommand[], string]>([
  ['a node is added with those above it', [on], 'Add 200'],
  ['a node is added once', [on, on], 'Add 418'],
  ['what does not exist is not replaced', [command('Replace', `${machine}/EnableQuickMachineRecovery`, 'bool', 'true')], 'Replace 404'],
  ['what does not exist is not deleted', [command('Delete', machine)], 'Delete 404'],
  ['what does not exist is not read', [command('Get', `${machine}/EnableQuickMachineRecovery`)], 'Get 404'],
  ['Windows does not have it', [command('Get', './Vendor/MSFT/Nothing')], 'Get 404'],
  ['a permanent node is not added', [command('Add', './Vendor/MSFT/Recovery', 'node')], 'Add 405'],
  ['a permanent node is not deleted', [command('Delete', './DevInfo')], 'Delete 405'],
  ['a read-only node is not written', [command('Replace', './DevDetail/SwV', 'chr', '10.0.1.1')], 'Replace 405'],
  ['an Exec is not read', [command('Get', './Vendor/MSFT/RemoteWipe/doWipe')], 'Get 405'],
  ['a setting is not executed', [on, command('Exec', `${machine}/EnableQuickMachineRecovery`)], 'Exec 405'],
  ['a provider that is not there is not added implicitly', [command('Add', './Vendor/MSFT/DMClient/Provider/Other/EntDMID', 'chr', 'x')], 'Add 405'],
  ['no user is managed', [command('Get', './User/Vendor/MSFT/Recovery')], 'Get 405'],
  ['an address begins with a point', [command('Get', '/DevInfo')], 'Get 400'],
  ['properties are not queried', [command('Get', './DevInfo?prop=ACL')], 'Get 406'],
  ['a bool has format bool', [command('Add', `${machine}/EnableQuickMachineRecovery`, 'chr', 'true')], 'Add 415'],
  ['no format means chr', [command('Add', `${machine}/EnableQuickMachineRecovery`, undefined, 'true')], 'Add 415'],
  ['a bool is true or false', [command('Add', `${machine}/EnableQuickMachineRecovery`, 'bool', '1')], 'Add 415'],
  ['an int is a number', [on, automaticOn, command('Add', `${automatic}/SetTimeToReboot`, 'int', '3h')], 'Add 415'],
  ['an int has a range', [on, automaticOn, command('Add', `${automatic}/SetTimeToReboot`, 'int', '4321')], 'Add 400'],
  ['the other dialect has no retry of 0', [atomic(command('Add', `${cloud}/EnableCloudRemediation`, 'bool', 'true'), command('Add', `${cloud}/AutoRemediationSettings/EnableAutoRemediation`, 'bool', 'true'), command('Add', `${cloud}/AutoRemediationSettings/SetRetryInterval`, 'int', '0'))], 'Add 400'],
  ['CDATA is not taken', [command('Add', `${machine}/EnableQuickMachineRecovery`, 'bool', 'true', { hasCdata: true })], 'Add 400'],
  ['a switch has to be on before what depends on it', [automaticOn], 'Add 400'],
  ['a switch that is off is not on', [command('Add', `${machine}/EnableQuickMachineRecovery`, 'bool', 'false'), automaticOn], 'Add 400'],
  ['retries are not rarer than the reboot', [on, automaticOn, command('Add', `${automatic}/SetTimeToReboot`, 'int', '30'), command('Add', `${automatic}/SetRetryInterval`, 'int', '31')], 'Add 400'],
  ['the reboot is not sooner than the retry', [on, automaticOn, command('Add', `${automatic}/SetRetryInterval`, 'int', '31'), command('Add', `${automatic}/SetTimeToReboot`, 'int', '30')], 'Add 400'],
  ['what requires Atomic is not written outside', [command('Add', `${restore}/EnablePointInTimeRestore`, 'bool', 'true')], 'Add 500'],
  ['an Atomic holds no Get', [atomic(command('Get', './DevInfo/DevId'))], 'Get 500'],
  ['a command needs an item', [{ kind: 'tree', verb: 'Get', cmdId: '1', items: [] }], 'Get 400'],
  ['a command needs an id', [{ kind: 'tree', verb: 'Get', items: [{ targetUri: './DevInfo/DevId' }] }], 'Get 400'],
  ['what is no command is refused', [{ kind: 'foreign', name: 'Copy', cmdId: '1' }], 'Copy 400'],
  ['an alert that nobody knows is refused', [{ kind: 'alert', code: '1100', cmdId: '1' }], 'Alert 406'],
])('%s', (_, commands, last) => {
  expect(codesOf(...commands).at(-1)).toBe(last);
});

test('without CmdID the status refers to nothing', () => {
  expect(run([{ kind: 'tree', verb: 'Get', items: [{ targetUri: './DevInfo' }] }]).replies).toMatchObject([{ cmdRef: '', cmd: 'Get', status: 400 }]);
});

test('nodes of another build answer as the test chose', () => {
  const older = { build: '26100.4700' };
  expect(codes(run([command('Get', machine)], undefined, older).replies)).toEqual(['Get 404']);
  expect(codes(run([command('Add', `${machine}/EnableQuickMachineRecovery`, 'bool', 'true')], undefined, { ...older, absentNodeStatus: 406 }).replies)).toEqual(['Add 406']);
});

test('which numbers encrypt a password depends on whom one believes', () => {
  const type = (value: string): DeviceCommand => atomic(
    command('Add', `${cloud}/EnableCloudRemediation`, 'bool', 'true'), command('Add', `${cloud}/AutoRemediationSettings/EnableAutoRemediation`, 'bool', 'true'),
    command('Add', `${cloud}/NetworkSettings/NetworkCredentials/NetworkPasswordEncryptionType`, 'int', value));
  const verdicts = (codebook: 'definition-file' | 'how-to'): string[] => ['0', '1', '2', '3'].map((value) => codes(run([type(value)], undefined, { passwordEncryptionCodes: codebook }).replies)[0] ?? '');
  expect([verdicts('definition-file'), verdicts('how-to')]).toEqual([['Atomic 507', 'Atomic 200', 'Atomic 200', 'Atomic 200'], ['Atomic 200', 'Atomic 200', 'Atomic 200', 'Atomic 507']]);
});

test('a Get gives leaves their value and interior nodes the names below them, escaped', () => {
  const { state } = run([on, automaticOn, command('Add', `${recovery}/NetworkSettings/Wifi/Caf%C3%A9%20%2F1`, 'node')]);
  const { replies } = run([command('Get', `./Device/Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery`), command('Get', machine), command('Get', `${recovery}/NetworkSettings/Wifi`)], state);
  expect(replies.filter(({ kind }) => kind === 'results')).toMatchObject([
    { sourceUri: './Device/Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery', format: 'bool', data: 'true' },
    { format: 'node', data: 'AutoRemediationSettings/EnableQuickMachineRecovery' },
    { format: 'node', data: 'Caf%C3%A9%20%2F1' },
  ]);
});

test('deleting a node deletes what is below it, and nothing beside it', () => {
  const { state } = run([on, automaticOn, command('Add', `${automatic}/SetTimeToReboot`, 'int', '60')]);
  const after = run([command('Delete', automatic)], state);
  expect([codes(after.replies), Object.keys(after.state.nodes).filter((uri) => uri.startsWith(machine))]).toEqual([['Delete 200'], [machine, `${machine}/EnableQuickMachineRecovery`]]);
});

test('deleting a network spares the one whose name begins like it', () => {
  const wifi = `${recovery}/NetworkSettings/Wifi`;
  const { state } = run([command('Add', `${wifi}/Office`, 'node'), command('Add', `${wifi}/Office2`, 'node'), command('Delete', `${wifi}/Office`)]);
  expect(Object.keys(state.nodes).filter((uri) => uri.startsWith(`${wifi}/`))).toEqual([`${wifi}/Office2`]);
});

test('switching off leaves in place what depended on the switch', () => {
  const outcome = run([on, automaticOn, command('Replace', `${machine}/EnableQuickMachineRecovery`, 'bool', 'false')]);
  expect([codes(outcome.replies).at(-1), valueOf(outcome, `${automatic}/EnableAutoRemediation`)]).toEqual(['Replace 200', 'true']);
});

test('items that fare differently get a status each, with their target', () => {
  const { replies } = run([{ kind: 'tree', verb: 'Get', cmdId: '9', items: [{ targetUri: './DevInfo/DevId' }, { targetUri: './DevInfo/Nope' }] }]);
  expect(replies).toEqual([
    { kind: 'status', cmdRef: '9', cmd: 'Get', status: 200, targetRef: './DevInfo/DevId' },
    { kind: 'status', cmdRef: '9', cmd: 'Get', status: 404, targetRef: './DevInfo/Nope', reason: 'Windows has no such node' },
    { kind: 'results', cmdRef: '9', sourceUri: './DevInfo/DevId', format: 'chr', data: 'PC-1' },
  ]);
});

test('a Sequence runs in order and goes on after a failure', () => {
  expect(codesOf({ kind: 'group', verb: 'Sequence', cmdId: '1', commands: [on, command('Get', './Nope'), automaticOn] })).toEqual(['Sequence 200', 'Add 200', 'Get 404', 'Add 200']);
});

test('no status where none is wanted, results nevertheless', () => {
  const quiet = { ...command('Get', './DevInfo/DevId'), wantsNoStatus: true } as DeviceCommand;
  expect(codesOf(quiet)).toEqual(['results']);
});

test('an Exec is recorded with its data and time; Autopilot Reset is scheduled then', () => {
  const { state, replies } = run([command('Exec', './Vendor/MSFT/RemoteWipe/doWipe', 'chr', ''), command('Exec', './Vendor/MSFT/RemoteWipe/AutomaticRedeployment/doAutomaticRedeployment', 'chr', 'now')]);
  expect([codes(replies), state.execs]).toEqual([['Exec 200', 'Exec 200'], [{ uri: './Vendor/MSFT/RemoteWipe/doWipe', data: '', atMs: 5_000 }, { uri: './Vendor/MSFT/RemoteWipe/AutomaticRedeployment/doAutomaticRedeployment', data: 'now', atMs: 5_000 }]]);
  expect(state.nodes['./Vendor/MSFT/RemoteWipe/AutomaticRedeployment/Status']?.value).toBe('10');
});

test('after unenrolment, and after alert 1223, nothing is run any more', () => {
  const unenrol = run([command('Exec', './Vendor/MSFT/DMClient/Unenroll'), on, atomic(automaticOn)]);
  expect([codes(unenrol.replies), unenrol.isEnded, unenrol.state.isUnenrolled]).toEqual([['Exec 200', 'Add 214', 'Atomic 214', 'Add 214'], true, true]);
  const abort = run([{ kind: 'alert', code: '1223', cmdId: '1' }, on]);
  expect([codes(abort.replies), abort.isEnded, valueOf(abort, machine)]).toEqual([['Alert 200', 'Add 214'], true, undefined]);
});

test('faults meet the place they were set on, as often as they were told', () => {
  const state: DeviceState = { ...createDeviceState(settings), faults: [{ kind: 'busy', uri: `./Device/Vendor/MSFT/Recovery`, times: 1 }, { kind: 'permission-denied', uri: './DevDetail', verbs: ['Get'] }] };
  const outcome = run([command('Get', './DevInfo/DevId'), on, on, command('Get', './DevDetail/SwV'), command('Replace', './DevDetail/SwV', 'chr', '1'), command('Get', './DevDetail/HwV')], state);
  expect(codes(outcome.replies)).toEqual(['Get 200', 'results', 'Add 417', 'Add 200', 'Get 425', 'Replace 405', 'Get 425']);
  expect(outcome.state.faults).toEqual([{ kind: 'permission-denied', uri: './DevDetail', verbs: ['Get'] }]);
});

test('what a device only accepts is answered with 202 and not done', () => {
  const state: DeviceState = { ...createDeviceState(settings), faults: [{ kind: 'accepted', uri: './Vendor/MSFT/DMClient', verbs: ['Exec'], times: 1 }] };
  const { replies, state: after, isEnded } = run([command('Get', './Vendor/MSFT/DMClient'), command('Exec', './Vendor/MSFT/DMClient/Unenroll')], state);
  expect([codes(replies).at(-1), after.execs, after.faults, isEnded]).toEqual(['Exec 202', [], [], false]);
});

test('a large object comes in chunks, each of which is acknowledged', () => {
  const first = command('Add', './Vendor/MSFT/DMClient/Provider/P/EntDMID', 'chr', 'ab', { hasMoreData: true, sizeBytes: 5 });
  const last = command('Add', './Vendor/MSFT/DMClient/Provider/P/EntDMID', 'chr', 'cé');
  const start = createDeviceState(settings);
  const enrolled: DeviceState = { ...start, nodes: { ...start.nodes, './Vendor/MSFT/DMClient/Provider/P': { format: 'node', value: '' } } };
  const begun = run([first], enrolled);
  expect([codes(begun.replies), valueOf(begun, './Vendor/MSFT/DMClient/Provider/P/EntDMID')]).toEqual([['Add 213'], undefined]);
  const done = run([last], begun.state);
  expect([codes(done.replies), valueOf(done, './Vendor/MSFT/DMClient/Provider/P/EntDMID'), done.state.partialObject]).toEqual([['Add 200'], 'abcé', undefined]);
  expect(codes(run([command('Add', './Vendor/MSFT/DMClient/Provider/P/EntDMID', 'chr', 'c')], begun.state).replies)).toEqual(['Add 424']);
  expect(codes(run([command('Get', './DevInfo/DevId')], begun.state).replies)).toEqual(['Get 200', 'results', 'alert']);
  expect(codes(run([command('Add', './x', 'chr', 'ab', { hasMoreData: true })], enrolled).replies)).toEqual(['Add 424']);
});
