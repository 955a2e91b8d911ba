import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseWlanProfile } from '../wlan/parse-wlan-profile.ts';
import { readXml } from '../xml/read-xml.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { decodeSyncMl } from './decode-syncml.ts';
import { encodeSyncMl } from './encode-syncml.ts';
import { matchReplies } from './match-replies.ts';
import { replyStatuses } from './reply-statuses.ts';
import type { SyncMlMessage } from './syncml-message.ts';

const folder = join(import.meta.dirname, '../../../test/golden/ms-mdm');
const golden = (name: string): string => readFileSync(join(folder, `${name}.xml`), 'utf8');
const decoded = (name: string): SyncMlMessage => decodeSyncMl(golden(name));

/** Elements with namespace, order and text; space between elements is layout. */
type Tree = readonly [name: string, ...content: (string | Tree)[]];
const treeOf = ({ name, namespace, children, text }: XmlElement): Tree => [`{${namespace}}${name}`, ...(children.length > 0 ? children.map(treeOf) : text === '' ? [] : [text])];
const asWritten = (name: string): Tree => treeOf(readXml(golden(name)));
const asEncoded = (name: string): Tree => treeOf(readXml(encodeSyncMl(decoded(name))));
const replaced = (tree: Tree, change: (element: Tree) => Tree): Tree => change([tree[0], ...tree.slice(1).map((part) => (typeof part === 'string' ? part : replaced(part, change)))]);

const fromClient = { sessionId: '1', target: 'https://contoso.com/management-server', source: 'PC-1' } as const;
const fromServer = { sessionId: '1', target: 'PC-1', source: 'https://contoso.com/management-server' } as const;
const status = (commandId: string, commandRef: string, command: string, code: number, messageRef = '1', targetRefs: readonly string[] = []) =>
  ({ name: 'Status', commandId, messageRef, commandRef, command, targetRefs, sourceRefs: [], code, items: [] });

// https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be
test('the first message of a session says who began it, who is signed in, and what the device is', () => {
  expect(decoded('session-start')).toEqual({
    header: { ...fromClient, messageId: '1' },
    commands: [
      { name: 'Alert', commandId: '1', code: 1201, items: [] },
      { name: 'Alert', commandId: '2', code: 1224, items: [{ meta: { type: 'com.microsoft/MDM/LoginStatus' }, data: 'user' }] },
      {
        name: 'Replace', commandId: '3', items: [
          { source: './DevInfo/DevId', data: 'PC-1' }, { source: './DevInfo/Man', data: 'Microsoft Corporation' }, { source: './DevInfo/Mod', data: 'Contoso Model' },
          { source: './DevInfo/DmV', data: '1.3' }, { source: './DevInfo/Lang', data: 'en-US' },
        ],
      },
    ],
    isFinal: true,
  });
});

test('the server answers the header, then each command, and asks; the device answers in that order', () => {
  const asks = decoded('server-asks');
  expect(asks).toEqual({
    header: { ...fromServer, messageId: '1' },
    commands: [
      status('1', '0', 'SyncHdr', 200), status('2', '2', 'Alert', 200), status('3', '3', 'Replace', 200),
      { name: 'Get', commandId: '4', items: [{ target: './DevDetail/SwV' }] }, { name: 'Get', commandId: '5', items: [{ target: './DevDetail/HwV' }] },
    ],
    isFinal: true,
  });
  const answers = decoded('client-answers');
  expect(answers).toEqual({
    header: { ...fromClient, messageId: '2' },
    commands: [
      status('1', '0', 'SyncHdr', 200), status('2', '4', 'Get', 200), status('3', '5', 'Get', 200),
      { name: 'Results', commandId: '4', messageRef: '1', commandRef: '4', command: 'Get', items: [{ source: './DevDetail/SwV', meta: { format: 'chr' }, data: '10.0.26100.8737' }] },
      { name: 'Results', commandId: '5', messageRef: '1', commandRef: '5', command: 'Get', items: [{ source: './DevDetail/HwV', data: '1.0' }] },
    ],
    isFinal: true,
  });
  const { header, commands, unmatched } = matchReplies(asks, answers.commands);
  expect([header?.code, commands.map(({ statuses, results }) => [statuses.map(({ code }) => code), results.map(({ data }) => data)]), unmatched]).toEqual([200, [[[200], ['10.0.26100.8737']], [[200], ['1.0']]], []]);
});

test('our statuses for the first message are those of the page, for 1201 too', () => {
  expect(replyStatuses(decoded('session-start')).map(({ messageRef, commandRef, command, code }) => [messageRef, commandRef, command, code])).toEqual([
    ['1', '0', 'SyncHdr', 200], ['1', '1', 'Alert', 200], ['1', '2', 'Alert', 200], ['1', '3', 'Replace', 200],
  ]);
});

// https://learn.microsoft.com/en-us/windows/client-management/mdm/wifi-csp
test('results of an interior node are the names of its children, and need no Cmd', () => {
  expect(decoded('results-of-an-interior-node').commands).toEqual([
    { name: 'Results', commandId: '1', messageRef: '1', commandRef: '301', command: 'Get', items: [{ source: './Vendor/MSFT/WiFi/Profile', meta: { format: 'node' }, data: 'TestWLAN1/TestWLAN2' }] },
  ]);
});

// https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/83f89457-9f9d-442d-8bdb-e6a41cdb906b
// https://learn.microsoft.com/en-us/windows/client-management/disconnecting-from-mdm-unenrollment
test('alerts 1224 and 1226 say what they are about in their type, wherever it stands', () => {
  expect(decoded('sync-type-alert').commands).toEqual([{ name: 'Alert', commandId: '1', code: 1224, items: [{ meta: { type: 'com.microsoft.mdm.synctype' }, data: 'user' }] }]);
  expect(decoded('unenrolment-alert').commands).toEqual([{ name: 'Alert', commandId: '1', code: 1226, items: [{ meta: { format: 'int', type: 'com.microsoft:mdm.unenrollment.userrequest' }, data: '1' }] }]);
});

// https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/36b1a4d9-fd93-48ce-b865-6a9d396c52a4
test('items that fared differently have a status each, with the node it is about', () => {
  const own = './Vendor/MSFT/WiFi/Profile/MyNetwork/Proxy';
  const other = './Vendor/MSFT/WiFi/Profile/OtherNetwork/Proxy';
  expect(decoded('statuses-of-items').commands).toEqual([status('1', '0', 'SyncHdr', 200), status('2', '8', 'Replace', 200, '1', [own]), status('3', '8', 'Replace', 404, '1', [other])]);
});

test('an Atomic is answered first, then its members in order, whatever their numbers; 216 is rolled back', () => {
  const atomic = decoded('atomic');
  expect(atomic.commands).toEqual([{
    name: 'Atomic', commandId: '10', commands: [
      { name: 'Replace', commandId: '8', items: [{ target: './cimv2/MDM_ConfigSetting/MDM_ConfigSetting.SettingName=%22UnEnrollOnCertExpiry%22/SettingValue', data: 'true' }] },
      { name: 'Replace', commandId: '9', items: [{ target: './cimv2/MDM_Restrictions/MDM_Restrictions.Key=%221%22/DataRoamingEnabled', data: 'true' }] },
    ],
  }]);
  const { header, commands, unmatched } = matchReplies(atomic, decoded('atomic-failed').commands);
  expect([header?.code, commands.map(({ command, statuses }) => [command.commandId, statuses.map(({ code }) => code)]), unmatched]).toEqual([200, [['10', [507]], ['8', [216]], ['9', [404]]], []]);
});

test('a profile that goes as escaped text is that profile, key and all', () => {
  const [command] = decoded('wlan-profile-as-text').commands;
  const [add] = command?.name === 'Atomic' ? command.commands : [];
  expect(add).toMatchObject({ name: 'Add', commandId: '301', items: [{ target: './Vendor/MSFT/WiFi/Profile/MyNetwork/WlanXml', meta: { format: 'chr' } }] });
  const data = add?.name === 'Add' ? (add.items[0]?.data ?? '') : '';
  expect(data).toMatch(/^<\?xml version="1\.0"\?><WLANProfile xmlns="http:.*<keyMaterial>correct &amp; horse<\/keyMaterial>.*<\/WLANProfile>$/);
  expect(parseWlanProfile(data)).toMatchObject({ name: 'MyNetwork', authentication: 'WPA2PSK', key: 'clear' });
});

/** Messages that we write otherwise than their page has them, with what is different. */
const differences: Readonly<Record<string, (page: Tree) => Tree>> = {
  // OMA's document type has Format before Type.
  'unenrolment-alert': (page) => replaced(page, (element) => (element[0].endsWith('}Meta') ? [element[0], ...element.slice(1).toReversed()] : element)),
  // Results of MS-MDM have a Cmd, those of the WiFi CSP's page none.
  'results-of-an-interior-node': (page) => replaced(page, (element) => (element[0].endsWith('}Results') ? [...element.slice(0, 4), ['{SYNCML:SYNCML1.2}Cmd', 'Get'], ...element.slice(4)] as unknown as Tree : element)),
  // Type belongs into Meta.
  'sync-type-alert': (page) => replaced(page, (element) => (element[0].endsWith('}Item') ? [element[0], ['{SYNCML:SYNCML1.2}Meta', element[2] as Tree], ...element.slice(3)] : element)),
  // OMA's document type has references before Data, and as text.
  'statuses-of-items': (page) => replaced(page, (element) => {
    if (element[0].endsWith('}TargetRef')) return [element[0], (element[1] as Tree)[1] as string];
    return element[0].endsWith('}Status') && element.length > 6 ? [...element.slice(0, 5), element[6] as Tree, element[5] as Tree] as unknown as Tree : element;
  }),
};

test.each(readdirSync(folder).flatMap((file) => (file.endsWith('.xml') ? [file.slice(0, -'.xml'.length)] : [])))('what is read of %s is written as its page has it, element for element', (name) => {
  const page = asWritten(name);
  const expected = differences[name]?.(page) ?? page;
  expect(asEncoded(name)).toEqual(expected);
  expect(name in differences).toBe(JSON.stringify(expected) !== JSON.stringify(page));
});
