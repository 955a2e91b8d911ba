import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientCommand } from './client-command.ts';
import { findOrderFaults } from './find-order-faults.ts';
import { readMessageXml, type MessageElement } from './read-message-xml.ts';
import { readServerMessage } from './read-server-message.ts';
import { writeClientMessage } from './write-client-message.ts';

// The messages by which the SDK's codec is tested as well: each file names the page it follows.
const folder = join(import.meta.dirname, '../../../../sdk/test/golden/ms-mdm');
const golden = (name: string): string => readFileSync(join(folder, `${name}.xml`), 'utf8');

test.each(['server-asks', 'atomic', 'wlan-profile-as-text'])('%s has no fault', (name) => {
  expect(readServerMessage(golden(name))).toMatchObject({ sessionId: '1', verDtd: '1.2', verProto: 'DM/1.2', targetUri: 'PC-1', sourceUri: 'https://contoso.com/management-server', isFinal: true, violations: [] });
});

test('what a server answers and asks is understood', () => {
  expect(readServerMessage(golden('server-asks'))).toMatchObject({
    msgId: '1',
    statuses: [
      { cmdId: '1', msgRef: '1', cmdRef: '0', cmd: 'SyncHdr', status: 200 }, { cmdId: '2', msgRef: '1', cmdRef: '2', cmd: 'Alert', status: 200 }, { cmdId: '3', msgRef: '1', cmdRef: '3', cmd: 'Replace', status: 200 },
    ],
    commands: [{ kind: 'tree', verb: 'Get', cmdId: '4', items: [{ targetUri: './DevDetail/SwV' }] }, { kind: 'tree', verb: 'Get', cmdId: '5', items: [{ targetUri: './DevDetail/HwV' }] }],
  });
});

test('an Atomic has its members, whatever their numbers, and a profile is the text it was before it was escaped', () => {
  expect(readServerMessage(golden('atomic')).commands).toMatchObject([{ kind: 'group', verb: 'Atomic', cmdId: '10', commands: [{ verb: 'Replace', cmdId: '8' }, { verb: 'Replace', cmdId: '9', items: [{ data: 'true' }] }] }]);
  const [atomic] = readServerMessage(golden('wlan-profile-as-text')).commands;
  const [add] = atomic?.kind === 'group' ? atomic.commands : [];
  expect(add).toMatchObject({ kind: 'tree', verb: 'Add', cmdId: '301', items: [{ targetUri: './Vendor/MSFT/WiFi/Profile/MyNetwork/WlanXml', format: 'chr' }] });
  const data = add?.kind === 'tree' ? (add.items[0]?.data ?? '') : '';
  expect(data).toMatch(/^<\?xml version="1\.0"\?><WLANProfile xmlns="http:.*<keyMaterial>correct &amp; horse<\/keyMaterial>.*<\/WLANProfile>$/);
});

test('the order of statuses is one that this client takes from a server', () => {
  expect(['statuses-of-items', 'atomic-failed'].flatMap((name) => findOrderFaults(readMessageXml(golden(name))))).toEqual([]);
});

/** Elements with namespace, order and text; space between elements is layout. */
type Tree = readonly [name: string, ...content: (string | Tree)[]];
const treeOf = ({ name, namespace, children, text }: MessageElement): Tree => [`{${namespace}}${name}`, ...(children.length > 0 ? children.map(treeOf) : text === '' ? [] : [text])];
const replaced = (tree: Tree, change: (element: Tree) => Tree): Tree => change([tree[0], ...tree.slice(1).map((part) => (typeof part === 'string' ? part : replaced(part, change)))]);
const message = (...elements: readonly unknown[]): Tree => elements as unknown as Tree;

const header = { sessionId: '1', targetUri: 'https://contoso.com/management-server', sourceUri: 'PC-1', maxMsgSizeBytes: 524_288 };
const written = (msgId: string, commands: readonly ClientCommand[], msgRef = '1'): Tree => treeOf(readMessageXml(writeClientMessage({ ...header, msgId }, commands.map((command) => ({ command, msgRef })), true)));
/** The page's message, with the largest message that Windows takes in the header, where MS-MDM 2.2.4.2 has it. */
const page = (name: string): Tree => replaced(treeOf(readMessageXml(golden(name))), (element) =>
  element[0].endsWith('}SyncHdr') ? message(...element, ['{SYNCML:SYNCML1.2}Meta', ['{syncml:metinf}MaxMsgSize', '524288']]) : element);
const status = (cmdRef: string, cmd: string, code: number): ClientCommand => ({ kind: 'status', cmdRef, cmd, status: code });
/** Windows' Results have no Cmd, as the page of the WiFi CSP shows, and this client always says format and type. */
const asOwnResults = (tree: Tree): Tree => replaced(tree, (element) => {
  if (element[0].endsWith('}Results')) return message(...element.filter((part) => typeof part === 'string' || !part[0].endsWith('}Cmd')));
  const isBare = element[0].endsWith('}Item') && (element[1] as Tree)[0].endsWith('}Source') && !(element[2] as Tree)[0].endsWith('}Meta');
  const meta = ['{SYNCML:SYNCML1.2}Meta', ['{syncml:metinf}Format', 'chr'], ['{syncml:metinf}Type', 'text/plain']];
  if (isBare) return message(element[0], element[1], meta, ...element.slice(2));
  return element[0].endsWith('}Meta') && element.length === 2 && (element[1] as Tree)[0].endsWith('}Format') ? message(...element, meta[2]) : element;
});

test('this client begins a session as the page has it', () => {
  const nodes = [['DevId', 'PC-1'], ['Man', 'Microsoft Corporation'], ['Mod', 'Contoso Model'], ['DmV', '1.3'], ['Lang', 'en-US']].map(([name, value]) => ({ uri: `./DevInfo/${name}`, value: value ?? '' }));
  expect(written('1', [{ kind: 'alert', code: '1201' }, { kind: 'alert', code: '1224', item: { type: 'com.microsoft/MDM/LoginStatus', data: 'user' } }, { kind: 'device-information', nodes }])).toEqual(page('session-start'));
});

test('this client answers Gets as the page has it, but for what Windows leaves out and this client adds', () => {
  expect(written('2', [
    status('0', 'SyncHdr', 200), status('4', 'Get', 200), status('5', 'Get', 200),
    { kind: 'results', cmdRef: '4', sourceUri: './DevDetail/SwV', format: 'chr', data: '10.0.26100.8737' }, { kind: 'results', cmdRef: '5', sourceUri: './DevDetail/HwV', format: 'chr', data: '1.0' },
  ])).toEqual(asOwnResults(page('client-answers')));
  expect(written('2', [{ kind: 'results', cmdRef: '301', sourceUri: './Vendor/MSFT/WiFi/Profile', format: 'node', data: 'TestWLAN1/TestWLAN2' }])).toEqual(asOwnResults(page('results-of-an-interior-node')));
});

test('this client tells of an unenrolment, and of a failed Atomic, as the pages have it', () => {
  expect(written('1', [{ kind: 'alert', code: '1226', item: { type: 'com.microsoft:mdm.unenrollment.userrequest', format: 'int', data: '1' } }])).toEqual(page('unenrolment-alert'));
  expect(written('3', [status('0', 'SyncHdr', 200), status('10', 'Atomic', 507), status('8', 'Replace', 216), status('9', 'Replace', 404)], '2')).toEqual(page('atomic-failed'));
});

test('statuses of items say the same as those of the page, in the order and form of OMA’s document type', () => {
  const own = './Vendor/MSFT/WiFi/Profile/MyNetwork/Proxy';
  const other = './Vendor/MSFT/WiFi/Profile/OtherNetwork/Proxy';
  const commands: readonly ClientCommand[] = [status('0', 'SyncHdr', 200), { kind: 'status', cmdRef: '8', cmd: 'Replace', targetRef: own, status: 200 }, { kind: 'status', cmdRef: '8', cmd: 'Replace', targetRef: other, status: 404 }];
  expect(written('2', commands)).toEqual(replaced(page('statuses-of-items'), (element) => {
    if (element[0].endsWith('}TargetRef')) return message(element[0], (element[1] as Tree)[1]);
    return element[0].endsWith('}Status') && element.length > 6 ? message(...element.slice(0, 5), element[6], element[5]) : element;
  }));
});
