import { decodeSyncMl, encodeSyncMl, matchReplies, replyStatuses, type SyncMlMessage } from '@winre-kit/sdk/windows';
import { expect, test } from 'vitest';

// The exchange that [MS-MDM] gives as its example, written anew: what is said, in which elements and in which order, is the page's; values are ours.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be
const server = 'https://emm.example/management';
const device = 'device-0042';
const headerXml = (messageId: string, target: string, source: string): string => `
  <SyncHdr>
    <VerDTD>1.2</VerDTD> <VerProto>DM/1.2</VerProto> <SessionID>1</SessionID> <MsgID>${messageId}</MsgID>
    <Target> <LocURI>${target}</LocURI> </Target> <Source> <LocURI>${source}</LocURI> </Source>
  </SyncHdr>`;
const messageXml = (header: string, body: string): string => `<?xml version="1.0" encoding="UTF-8"?><SyncML xmlns="SYNCML:SYNCML1.2">${header} <SyncBody>${body} <Final /> </SyncBody> </SyncML>`;
const infoXml = (node: string, value: string): string => `<Item> <Source> <LocURI>./DevInfo/${node}</LocURI> </Source> <Data>${value}</Data> </Item>`;
const statusXml = (commandId: string, messageRef: string, commandRef: string, command: string): string =>
  `<Status> <CmdID>${commandId}</CmdID> <MsgRef>${messageRef}</MsgRef> <CmdRef>${commandRef}</CmdRef> <Cmd>${command}</Cmd> <Data>200</Data> </Status>`;
const getXml = (commandId: string, node: string): string => `<Get> <CmdID>${commandId}</CmdID> <Item> <Target> <LocURI>./DevDetail/${node}</LocURI> </Target> </Item> </Get>`;

const firstXml = messageXml(headerXml('1', server, device), `
    <Alert>
      <CmdID>2</CmdID> <Data>1224</Data>
      <Item> <Meta> <Type xmlns="syncml:metinf">com.microsoft/MDM/LoginStatus</Type> </Meta> <Data>user</Data> </Item>
    </Alert>
    <Replace>
      <CmdID>3</CmdID>
      ${infoXml('DevId', device)} ${infoXml('Man', 'Contoso')} ${infoXml('Mod', 'Windows 11 on a Contoso 7')} ${infoXml('DmV', '1.3')} ${infoXml('Lang', 'en-US')}
    </Replace>`);
const secondXml = messageXml(headerXml('1', device, server), `${statusXml('1', '1', '0', 'SyncHdr')} ${getXml('4', 'SwV')} ${getXml('5', 'HwV')}`);
const thirdXml = messageXml(headerXml('2', server, device), `
    ${statusXml('1', '1', '0', 'SyncHdr')} ${statusXml('2', '1', '4', 'Get')} ${statusXml('3', '1', '5', 'Get')}
    <Results>
      <CmdID>4</CmdID> <MsgRef>1</MsgRef> <CmdRef>4</CmdRef> <Cmd>Get</Cmd>
      <Item> <Source> <LocURI>./DevDetail/SwV</LocURI> </Source> <Meta> <Format xmlns="syncml:metinf">chr</Format> </Meta> <Data>10.0.26100.8737</Data> </Item>
    </Results>
    <Results>
      <CmdID>5</CmdID> <MsgRef>1</MsgRef> <CmdRef>5</CmdRef> <Cmd>Get</Cmd>
      <Item> <Source> <LocURI>./DevDetail/HwV</LocURI> </Source> <!-- opaque to the server --> <Data>7.1</Data> </Item>
    </Results>`);

const ofDevice = (messageId: string): SyncMlMessage['header'] => ({ sessionId: '1', messageId, target: server, source: device });
const first: SyncMlMessage = {
  header: ofDevice('1'),
  commands: [
    { name: 'Alert', commandId: '2', code: 1224, items: [{ meta: { type: 'com.microsoft/MDM/LoginStatus' }, data: 'user' }] },
    {
      name: 'Replace', commandId: '3',
      items: [['DevId', device], ['Man', 'Contoso'], ['Mod', 'Windows 11 on a Contoso 7'], ['DmV', '1.3'], ['Lang', 'en-US']].map(([node = '', data = '']) => ({ source: `./DevInfo/${node}`, data })),
    },
  ],
  isFinal: true,
};
const second: SyncMlMessage = {
  header: { sessionId: '1', messageId: '1', target: device, source: server },
  commands: [
    { name: 'Status', commandId: '1', messageRef: '1', commandRef: '0', command: 'SyncHdr', targetRefs: [], sourceRefs: [], code: 200, items: [] },
    { name: 'Get', commandId: '4', items: [{ target: './DevDetail/SwV' }] },
    { name: 'Get', commandId: '5', items: [{ target: './DevDetail/HwV' }] },
  ],
  isFinal: true,
};

/** White space between elements and comments say nothing; everything else does. */
const dense = (xml: string): string => xml.replace(/<!--.*?-->/g, '').replace(/>\s+</g, '><').replace(/ \/>/g, '/>');

test.each([['first', firstXml, first], ['second', secondXml, second]])('the %s message of the example is decoded, and encoded as it was but for white space', (_which, xml, expected) => {
  expect(decodeSyncMl(xml)).toEqual(expected);
  expect(encodeSyncMl(expected)).toBe(dense(xml));
});

test('the third answers the second, command by command', () => {
  const third = decodeSyncMl(new TextEncoder().encode(thirdXml));
  expect(encodeSyncMl(third)).toBe(dense(thirdXml));
  const replies = matchReplies(second, third.commands);
  expect(replies.header?.code).toBe(200);
  expect(replies.commands.map(({ command, statuses, results }) => [command.commandId, statuses.map(({ code }) => code), results])).toEqual([
    ['4', [200], [{ source: './DevDetail/SwV', meta: { format: 'chr' }, data: '10.0.26100.8737' }]],
    ['5', [200], [{ source: './DevDetail/HwV', data: '7.1' }]],
  ]);
  expect(replies.unmatched).toEqual([]);
});

test('the first is answered as the text of the example says, and its own second message forgets: a status for the alert and the replace, too', () => {
  expect(replyStatuses(decodeSyncMl(firstXml)).map(({ commandRef, command, code }) => [commandRef, command, code])).toEqual([['0', 'SyncHdr', 200], ['2', 'Alert', 200], ['3', 'Replace', 200]]);
});
