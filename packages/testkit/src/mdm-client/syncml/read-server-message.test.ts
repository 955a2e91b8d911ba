import { expect, test } from 'vitest';
import { readServerMessage } from './read-server-message.ts';

const header = '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>PC-1</LocURI></Target><Source><LocURI>https://contoso.example/management-server</LocURI></Source></SyncHdr>';
const message = (body: string, head = header): string => `<SyncML xmlns="SYNCML:SYNCML1.2">${head}<SyncBody>${body}</SyncBody></SyncML>`;
const violationsOf = (body: string, head?: string): readonly string[] => readServerMessage(message(body, head)).violations;
const get = '<Get><CmdID>4</CmdID><Item><Target><LocURI>./DevDetail/SwV</LocURI></Target></Item></Get>';

// The answer of a server in the exchange at https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be, written anew.
test('the answer of a server after the public example is understood and has no fault', () => {
  const text = message(`
    <Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>200</Data></Status>
    <Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Cmd>Alert</Cmd><Data>200</Data></Status>
    <Status><CmdID>3</CmdID><MsgRef>1</MsgRef><CmdRef>3</CmdRef><Cmd>Replace</Cmd><Data>200</Data></Status>
    ${get}
    <Final/>`);
  expect(readServerMessage(text)).toEqual({
    sessionId: '1', msgId: '1', verDtd: '1.2', verProto: 'DM/1.2', targetUri: 'PC-1', sourceUri: 'https://contoso.example/management-server', hasCredentials: false, isFinal: true, violations: [],
    statuses: [
      { cmdId: '1', msgRef: '1', cmdRef: '0', cmd: 'SyncHdr', status: 200 },
      { cmdId: '2', msgRef: '1', cmdRef: '2', cmd: 'Alert', status: 200 },
      { cmdId: '3', msgRef: '1', cmdRef: '3', cmd: 'Replace', status: 200 },
    ],
    commands: [{ kind: 'tree', verb: 'Get', cmdId: '4', items: [{ targetUri: './DevDetail/SwV' }] }],
  });
});

test('groups, meta of a command, chunks, escaped data and what is no command are read', () => {
  const { commands, violations } = readServerMessage(message(`<Atomic><CmdID>1</CmdID>
      <Replace><CmdID>2</CmdID><Meta><Format xmlns="syncml:metinf">int</Format></Meta><Item><Target><LocURI>./a</LocURI></Target><Data>5</Data></Item><Item><Target><LocURI>./b</LocURI></Target><Meta><Format xmlns="syncml:metinf">chr</Format><Size xmlns="syncml:metinf">9</Size></Meta><Data>&lt;x/&gt;</Data><MoreData/></Item></Replace>
    </Atomic>
    <Copy><CmdID>3</CmdID></Copy><Alert><CmdID>4</CmdID><Data>1223</Data></Alert><Exec><CmdID>5</CmdID><NoResp/><Item><Target><LocURI>./c</LocURI></Target></Item></Exec><Final/>`));
  expect(commands).toEqual([
    { kind: 'group', verb: 'Atomic', cmdId: '1', commands: [{ kind: 'tree', verb: 'Replace', cmdId: '2', items: [
      { targetUri: './a', format: 'int', data: '5' },
      { targetUri: './b', format: 'chr', sizeBytes: 9, data: '<x/>', hasMoreData: true },
    ] }] },
    { kind: 'foreign', name: 'Copy', cmdId: '3' },
    { kind: 'alert', cmdId: '4', code: '1223' },
    { kind: 'tree', verb: 'Exec', cmdId: '5', wantsNoStatus: true, items: [{ targetUri: './c' }] },
  ]);
  expect(violations).toEqual([]);
});

test.each([
  ['elements in another order', message(`${get}<Final/>`, header.replace('<VerProto>DM/1.2</VerProto><SessionID>1</SessionID>', '<SessionID>1</SessionID><VerProto>DM/1.2</VerProto>')), 'SyncHdr has VerProto after SessionID'],
  ['an item that begins with its data', message('<Replace><CmdID>1</CmdID><Item><Data>1</Data><Target><LocURI>./a</LocURI></Target></Item></Replace><Final/>'), 'Item has Target after Data'],
  ['an element that does not belong there', message('<Get><CmdID>1</CmdID><Item><LocURI>./a</LocURI></Item></Get><Final/>'), 'Item holds LocURI, which does not belong there'],
  ['CDATA', message('<Replace><CmdID>1</CmdID><Item><Target><LocURI>./a</LocURI></Target><Data><![CDATA[<x/>]]></Data></Item></Replace><Final/>'), 'data came in a CDATA section'],
  ['meta in the namespace of messages', message('<Get><CmdID>1</CmdID><Item><Target><LocURI>./a</LocURI></Target><Meta><Format>chr</Format></Meta></Item></Get><Final/>'), 'Format is in namespace SYNCML:SYNCML1.2, not syncml:metinf'],
  ['an older namespace', message('<Final/>').replace('1.2"', '1.1"'), 'SyncML is in namespace SYNCML:SYNCML1.1, not SYNCML:SYNCML1.2'],
  ['a CmdID twice', message(`${get}${get}<Final/>`), 'CmdID 4 of Get is not unique in the message'],
  ['a CmdID twice, in an Atomic', message(`${get}<Atomic><CmdID>4</CmdID></Atomic><Final/>`), 'CmdID 4 of Atomic is not unique in the message'],
  ['no CmdID', message('<Get><Item><Target><LocURI>./a</LocURI></Target></Item></Get><Final/>'), 'Get has no CmdID'],
  ['Final before the end', message(`<Final/>${get}`), 'Final is not the last element of SyncBody'],
])('%s is told', (_, text, violation) => {
  expect(readServerMessage(text).violations).toContain(violation);
});

test('the target of a Status may stand where OMA has it or where MS-MDM has it', () => {
  const target = '<TargetRef>./a</TargetRef>';
  const begin = '<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Cmd>Replace</Cmd>';
  const data = '<Data>200</Data>';
  expect([`${begin}${target}${data}</Status>`, `${begin}${data}${target}</Status>`, `${begin}${target}${data}${target}</Status>`].map((one) => violationsOf(`${one}<Final/>`).length)).toEqual([0, 0, 1]);
});

test('a message without Final is not final', () => {
  expect(readServerMessage(message(get)).isFinal).toBe(false);
  expect(violationsOf(get)).toEqual([]);
});

test('the header says where to answer and how much', () => {
  const head = header.replace('</SyncHdr>', '<RespURI>https://contoso.example/next</RespURI><Cred><Data>x</Data></Cred><Meta><MaxMsgSize xmlns="syncml:metinf">2048</MaxMsgSize></Meta></SyncHdr>');
  expect(readServerMessage(message('<Final/>', head))).toMatchObject({ respUri: 'https://contoso.example/next', hasCredentials: true, maxMsgSizeBytes: 2048, violations: [] });
});

test.each([['another document', '<html/>'], ['no body', `<SyncML xmlns="SYNCML:SYNCML1.2">${header}</SyncML>`], ['no MsgID', message('<Final/>', header.replace('<MsgID>1</MsgID>', ''))]])('%s is refused', (_, text) => {
  expect(() => readServerMessage(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
