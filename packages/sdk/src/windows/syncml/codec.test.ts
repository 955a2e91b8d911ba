import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSyncMl } from './decode-syncml.ts';
import { encodeSyncMl } from './encode-syncml.ts';
import type { RequestCommand, SyncMlCommand } from './syncml-command.ts';
import type { SyncMlMessage } from './syncml-message.ts';

const code = (value: string): unknown => expect.objectContaining({ code: value });
const header = { sessionId: '1', messageId: '1', target: 'https://emm.example/mdm', source: 'device-1' } as const;
const headerXml = '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>https://emm.example/mdm</LocURI></Target><Source><LocURI>device-1</LocURI></Source></SyncHdr>';
const message = (...body: readonly string[]): string => `<SyncML xmlns="SYNCML:SYNCML1.2">${headerXml}<SyncBody>${body.join('')}</SyncBody></SyncML>`;

const xmlText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('<a b="c">&amp;</a>', ']]>', '\r\n', ' ', '<![CDATA[x]]>')).filter((text) => !/[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text.replace(/[\r\n\t]/g, '')));
const token = xmlText.map((text) => text.trim()).filter((text) => text !== '');
const number = fc.nat();
const optional = { requiredKeys: [] as [] };
const meta = fc.record({ format: fc.constantFrom('chr', 'int', 'xml', 'b64'), type: token, mark: token, sizeBytes: number, nextNonce: token, maxMessageBytes: number, maxObjectBytes: number }, optional);
const item = fc.record({ target: token, source: token, meta, data: xmlText, hasMoreData: fc.constant(true) }, optional);
const items = fc.array(item, { maxLength: 3 });
const shared = { commandId: token, wantsNoResponse: fc.constant(true), meta };
const requests = fc.letrec<{ request: RequestCommand }>((tie) => {
  const commands = fc.array(tie('request'), { maxLength: 3 });
  return {
    request: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ name: fc.constantFrom('Add', 'Replace', 'Delete', 'Get'), ...shared, items }, { requiredKeys: ['name', 'commandId', 'items'] }),
      fc.record({ name: fc.constant('Exec'), ...shared, correlator: token, items }, { requiredKeys: ['name', 'commandId', 'items'] }),
      fc.record({ name: fc.constant('Alert'), ...shared, code: number, correlator: token, items }, { requiredKeys: ['name', 'commandId', 'code', 'items'] }),
      fc.record({ name: fc.constantFrom('Atomic', 'Sequence'), ...shared, commands }, { requiredKeys: ['name', 'commandId', 'commands'] }),
    ) as fc.Arbitrary<RequestCommand>,
  };
}).request;
const command: fc.Arbitrary<SyncMlCommand> = fc.oneof(
  requests,
  fc.record(
    { name: fc.constant('Status' as const), commandId: token, messageRef: token, commandRef: token, command: token, targetRefs: fc.array(token), sourceRefs: fc.array(token), challenge: meta, code: number, originalError: token, items },
    { requiredKeys: ['name', 'commandId', 'messageRef', 'commandRef', 'command', 'targetRefs', 'sourceRefs', 'code', 'items'] },
  ),
  fc.record(
    { name: fc.constant('Results' as const), commandId: token, messageRef: token, commandRef: token, command: token, meta, targetRef: token, sourceRef: token, items },
    { requiredKeys: ['name', 'commandId', 'messageRef', 'commandRef', 'command', 'items'] },
  ),
);
const messages: fc.Arbitrary<SyncMlMessage> = fc.record({
  header: fc.record(
    {
      sessionId: token, messageId: token, target: token, targetName: token, source: token, sourceName: token, responseUri: token,
      wantsNoResponse: fc.constant(true), credential: fc.record({ meta, data: xmlText }, { requiredKeys: ['data'] }), meta,
    },
    { requiredKeys: ['sessionId', 'messageId', 'target', 'source'] },
  ),
  commands: fc.array(command, { maxLength: 5 }),
  isFinal: fc.boolean(),
});

test('what was encoded is decoded', () => {
  fc.assert(fc.property(messages, (original) => {
    const encoded = encodeSyncMl(original);
    expect(decodeSyncMl(encoded)).toEqual(original);
    expect(decodeSyncMl(new TextEncoder().encode(encoded))).toEqual(original);
    expect(encoded).not.toContain('<![CDATA[');
  }));
});

test('elements stand in the order of the document type, meta in its own namespace', () => {
  const encoded = encodeSyncMl({
    header: { ...header, meta: { maxMessageBytes: 524_288 }, credential: { meta: { format: 'b64', type: 'syncml:auth-basic' }, data: 'x' }, wantsNoResponse: true, responseUri: 'https://emm.example/other', sourceName: 'user' },
    commands: [
      { name: 'Status', commandId: '1', messageRef: '1', commandRef: '0', command: 'SyncHdr', targetRefs: ['a'], sourceRefs: ['b'], challenge: { nextNonce: 'n', type: 't', format: 'b64' }, code: 212, items: [{ data: 'd' }] },
      { name: 'Results', commandId: '2', messageRef: '1', commandRef: '4', command: 'Get', meta: { type: 't' }, targetRef: 'a', sourceRef: 'b', items: [{ source: './a', meta: { sizeBytes: 9, type: 't', format: 'chr' }, data: 'd', hasMoreData: true }] },
      { name: 'Exec', commandId: '3', wantsNoResponse: true, meta: {}, correlator: 'c', items: [{ target: './a' }] },
      { name: 'Alert', commandId: '4', wantsNoResponse: true, code: 1226, correlator: 'c', items: [] },
      { name: 'Atomic', commandId: '5', wantsNoResponse: true, meta: {}, commands: [{ name: 'Add', commandId: '6', items: [{ target: './a', source: './b', meta: {}, data: '1' }] }] },
    ],
    isFinal: true,
  });
  expect(encoded.match(/<(?![/?])[\w:]+/g)?.map((tag) => tag.slice(1)).join(' ')).toBe([
    'SyncML SyncHdr VerDTD VerProto SessionID MsgID Target LocURI Source LocURI LocName RespURI NoResp Cred Meta Format Type Data Meta MaxMsgSize SyncBody',
    'Status CmdID MsgRef CmdRef Cmd TargetRef SourceRef Chal Meta Format Type NextNonce Data Item Data',
    'Results CmdID MsgRef CmdRef Cmd Meta Type TargetRef SourceRef Item Source LocURI Meta Format Type Size Data MoreData',
    'Exec CmdID NoResp Meta Correlator Item Target LocURI',
    'Alert CmdID NoResp Data Correlator',
    'Atomic CmdID NoResp Meta Add CmdID Item Target LocURI Source LocURI Meta Data Final',
  ].join(' '));
  expect(encoded).toContain('<Meta><MaxMsgSize xmlns="syncml:metinf">524288</MaxMsgSize></Meta>');
});

test('a value that is XML goes as escaped text, and CDATA or bare markup from others is read as that text', () => {
  const xml = '<WLANProfile><name>a &amp; b</name></WLANProfile>';
  const replace: SyncMlCommand = { name: 'Replace', commandId: '2', items: [{ target: './a', meta: { format: 'xml' }, data: xml }] };
  expect(encodeSyncMl({ header, commands: [replace], isFinal: true })).toContain('<Data>&lt;WLANProfile&gt;&lt;name&gt;a &amp;amp; b&lt;/name&gt;&lt;/WLANProfile&gt;</Data>');
  const asSent = (data: string): unknown => decodeSyncMl(message(`<Replace><CmdID>2</CmdID><Item><Data>${data}</Data></Item></Replace>`)).commands[0];
  expect(asSent(`<![CDATA[${xml}]]>`)).toMatchObject({ items: [{ data: xml }] });
  expect(asSent(' <a:b xmlns:a="urn:a" c="1">x &amp; y</a:b>')).toMatchObject({ items: [{ data: ' <b xmlns="urn:a" c="1">x &amp; y</b>' }] });
});

test('what Windows leaves out or adds is understood', () => {
  const decoded = decodeSyncMl(message(
    '<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Cmd>Replace</Cmd><Data xmlns:msft="http://schemas.microsoft.com/MobileDevice/MDM" msft:originalerror="0x86000002"> 404 </Data></Status>',
    '<Results><CmdID>2</CmdID><Item><Source><LocURI>\n ./DevDetail/SwV </LocURI></Source><Data> x </Data></Item></Results>',
    '<Alert><CmdID>3</CmdID><Data>1224</Data><Item><Meta/><Type xmlns="syncml:metinf">com.microsoft.mdm.synctype</Type><Data>user</Data></Item></Alert>',
    '<other xmlns="urn:other"/>',
  ));
  expect(decoded).toStrictEqual({
    header,
    commands: [
      { name: 'Status', commandId: '1', messageRef: '1', commandRef: '2', command: 'Replace', targetRefs: [], sourceRefs: [], code: 404, originalError: '0x86000002', items: [] },
      { name: 'Results', commandId: '2', messageRef: '1', commandRef: '1', command: 'Get', items: [{ source: './DevDetail/SwV', data: ' x ' }] },
      { name: 'Alert', commandId: '3', code: 1224, items: [{ meta: { type: 'com.microsoft.mdm.synctype' }, data: 'user' }] },
    ],
    isFinal: false,
  });
});

test.each([
  ['no message', '<a/>', 'expected a SyncML message'],
  ['no header', '<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody/></SyncML>', 'without SyncHdr'],
  ['no body', `<SyncML xmlns="SYNCML:SYNCML1.2">${headerXml}</SyncML>`, 'without SyncBody'],
  ['no number of a command', message('<Get><Item/></Get>'), 'without CmdID in Get'],
  ['a status without code', message('<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>canary</Cmd><Data/></Status>'), 'empty Data in Status'],
  ['a status whose code is no number', message('<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Get</Cmd><Data>canary</Data></Status>'), 'status code is not a number'],
  ['an alert without code', message('<Alert><CmdID>1</CmdID></Alert>'), 'without Data in Alert'],
  ['a size that is no number', message('<Add><CmdID>1</CmdID><Item><Meta><Size xmlns="syncml:metinf">-1</Size></Meta></Item></Add>'), 'Size is not a number'],
  ['an element that is no command', message('<canary><CmdID>1</CmdID></canary>'), 'no command'],
  ['a status in an atomic', message('<Atomic><CmdID>1</CmdID><Status><CmdID>2</CmdID></Status></Atomic>'), 'no command'],
  ['an empty session', message().replace('<SessionID>1', '<SessionID>'), 'empty SessionID'],
  ['no sender', message().replace(/<Source>.*<\/Source>/, ''), 'without Target or Source'],
  ['a message cut off', message('<canary>').slice(0, 500), 'XML was refused: not well-formed'],
  ['a DOCTYPE', `<!DOCTYPE SyncML>${message()}`, 'a DOCTYPE is not allowed'],
])('%s is refused', (_what, input, reason) => {
  expect(() => decodeSyncMl(input)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(reason) }));
  expect(() => decodeSyncMl(input)).not.toThrow(/canary/);
});

test('other versions and WBXML are declined, and the latter with what to set', () => {
  expect(() => decodeSyncMl(message().replace('SYNCML1.2', 'SYNCML1.1'))).toThrow(code('unsupported'));
  expect(() => decodeSyncMl(message().replace('DM/1.2', 'DM/1.1'))).toThrow(code('unsupported'));
  const declined = expect.objectContaining({ code: 'unsupported', message: expect.stringContaining('DEFAULTENCODING application/vnd.syncml.dm+xml') });
  expect(() => decodeSyncMl(Uint8Array.of(0x02, 0xa4, 0x01, 0x6a))).toThrow(declined);
  expect(() => decodeSyncMl(message(), { contentType: 'Application/VND.syncml.dm+wbxml; charset=utf-8' })).toThrow(declined);
  expect(decodeSyncMl(message(), { contentType: 'application/vnd.syncml.dm+xml' }).header).toEqual(header);
});

test('damaged messages are decoded or refused, never anything else', () => {
  const whole = new TextEncoder().encode(message(
    '<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Cmd>Replace</Cmd><Data>404</Data></Status>',
    '<Atomic><CmdID>2</CmdID><Add><CmdID>3</CmdID><Item><Target><LocURI>./a</LocURI></Target><Meta><Format xmlns="syncml:metinf">int</Format></Meta><Data>1</Data></Item></Add></Atomic><Final/>',
  ));
  const outcome = (bytes: Uint8Array): string => {
    try {
      return decodeSyncMl(bytes).header.sessionId;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  };
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }), (changes) => {
    const damaged = whole.slice();
    for (const [at, value] of changes) damaged[at] = value;
    expect(outcome(damaged)).toMatch(/^(.|invalid-argument|unsupported)$/u);
  }), { numRuns: 1000 });
});
