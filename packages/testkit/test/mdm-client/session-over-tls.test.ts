import { expect, test } from 'vitest';
import { createMdmClient, type MdmClient, type MdmClientSettings } from '@winre-kit/testkit/mdm-client';
import { startScriptedMdmServer, type ScriptedMdmServer } from './scripted-mdm-server.ts';

/** A message of the server, written by hand after the public examples: https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/71a45e87-4c0a-43bc-b76f-b427ac8322be */
function say(msgId: number, body: string, options: { session?: string; header?: string; isFinal?: boolean } = {}): string {
  return `<?xml version="1.0" encoding="utf-8"?><SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>${options.session ?? '1'}</SessionID><MsgID>${msgId}</MsgID><Target><LocURI>PC-1</LocURI></Target><Source><LocURI>https://127.0.0.1/omadm</LocURI></Source>${options.header ?? ''}</SyncHdr><SyncBody>${body}${options.isFinal === false ? '' : '<Final/>'}</SyncBody></SyncML>`;
}
const status = (cmdId: number, msgRef: number, cmdRef: number, cmd: string, code = 200): string =>
  `<Status><CmdID>${cmdId}</CmdID><MsgRef>${msgRef}</MsgRef><CmdRef>${cmdRef}</CmdRef><Cmd>${cmd}</Cmd><Data>${code}</Data></Status>`;
/** The answers to the client's first message: header, two alerts, Replace of DevInfo. */
const welcome = status(1, 1, 0, 'SyncHdr', 212) + status(2, 1, 1, 'Alert') + status(3, 1, 2, 'Alert') + status(4, 1, 3, 'Replace');
const header = (msgRef: number): string => status(1, msgRef, 0, 'SyncHdr');

async function enrolled(server: ScriptedMdmServer, settings: Partial<MdmClientSettings> = {}): Promise<MdmClient> {
  const client = createMdmClient({
    build: '10.0.26100.8737', hardwareId: 'PC-1', deviceName: 'pc', keyKind: 'ecdsa-p256', clock: { now: () => 1_000 }, trustedAuthoritiesPem: server.authorityPem, ...settings,
  });
  await client.enrol({ discoveryUrl: server.discoveryUrl, userName: 'user@example.test', password: 'let-me-in' });
  return client;
}

test('a session runs over TLS with the certificate of the enrolment, from the first alert to the last status', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = (_, count) => [
    say(1, `${welcome}<Get><CmdID>5</CmdID><Item><Target><LocURI>./DevDetail/SwV</LocURI></Target></Item></Get>`),
    say(2, header(2)),
  ][count - 1] ?? '';
  const report = await client.sync();

  expect(report).toMatchObject({ sessionId: '1', ending: 'completed', violations: [] });
  expect(report.replies).toEqual([
    { kind: 'status', cmdRef: '0', cmd: 'SyncHdr', status: 200 },
    { kind: 'status', cmdRef: '5', cmd: 'Get', status: 200 },
    { kind: 'results', cmdRef: '5', sourceUri: './DevDetail/SwV', format: 'chr', data: '10.0.26100.8737' },
  ]);
  const [first, second] = server.seen;
  expect(first).toMatchObject({ clientName: 'PC-1', url: '/omadm?mode=Maintenance&Platform=WoA' });
  expect(first?.headers).toMatchObject({ 'content-type': 'application/vnd.syncml.dm+xml; charset=utf-8', 'user-agent': 'MSFT OMA DM Client/1.2.0.1' });
  expect(first?.text).toContain('<SyncBody><Alert><CmdID>1</CmdID><Data>1201</Data></Alert><Alert><CmdID>2</CmdID><Data>1224</Data><Item><Meta><Type xmlns="syncml:metinf">com.microsoft/MDM/LoginStatus</Type><Format xmlns="syncml:metinf">chr</Format></Meta><Data>user</Data></Item></Alert><Replace><CmdID>3</CmdID><Item><Source><LocURI>./DevInfo/DevId</LocURI></Source><Data>PC-1</Data></Item>');
  expect(second?.text).toContain('<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>200</Data></Status>');
  expect(second?.text).toContain('<Results><CmdID>3</CmdID><MsgRef>1</MsgRef><CmdRef>5</CmdRef><Item><Source><LocURI>./DevDetail/SwV</LocURI></Source><Meta><Format xmlns="syncml:metinf">chr</Format><Type xmlns="syncml:metinf">text/plain</Type></Meta><Data>10.0.26100.8737</Data></Item></Results>');
});

test('an Atomic sets the group at once, and a Get in the next message reads it back', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  const restore = './Device/Vendor/MSFT/Recovery/PointInTimeRestore';
  const add = (cmdId: number, name: string, format: string, value: string): string =>
    `<Add><CmdID>${cmdId}</CmdID><Item><Target><LocURI>${restore}/${name}</LocURI></Target><Meta><Format xmlns="syncml:metinf">${format}</Format><Type xmlns="syncml:metinf">text/plain</Type></Meta><Data>${value}</Data></Item></Add>`;
  server.script = (_, count) => [
    say(1, `${welcome}<Atomic><CmdID>5</CmdID>${add(6, 'SetMaxDiskUsage', 'int', '4096')}${add(7, 'EnablePointInTimeRestore', 'bool', 'true')}</Atomic>`),
    say(2, `${header(2)}<Get><CmdID>2</CmdID><Item><Target><LocURI>${restore}</LocURI></Target></Item><Item><Target><LocURI>${restore}/SetMaxDiskUsage</LocURI></Target></Item></Get>`),
    say(3, header(3)),
  ][count - 1] ?? '';
  const report = await client.sync();

  expect(report.violations).toEqual([]);
  expect(report.replies.filter(({ kind }) => kind === 'status').map((reply) => ('status' in reply ? `${reply.cmd} ${reply.cmdRef} ${reply.status}` : ''))).toEqual(['SyncHdr 0 200', 'Atomic 5 200', 'Add 6 200', 'Add 7 200', 'SyncHdr 0 200', 'Get 2 200']);
  expect(report.replies.filter(({ kind }) => kind === 'results')).toMatchObject([{ format: 'node', data: 'EnablePointInTimeRestore/SetMaxDiskUsage' }, { format: 'int', data: '4096' }]);
  expect(client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage')).toBe('4096');
});
