import { expect, test } from 'vitest';
import { createMdmClient, type MdmClient, type MdmClientSettings } from '@winre-kit/testkit/mdm-client';
import { startScriptedMdmServer, type ScriptedMdmServer } from './scripted-mdm-server.ts';
import { get, header, say, status, welcome, write } from './server-words.ts';

/** One answer a message of the session. */
const answers = (...texts: readonly string[]): ScriptedMdmServer['script'] => (_, count) => texts[count - 1] ?? { status: 500, text: 'the script is over' };
const switchUri = './Vendor/MSFT/Recovery/QuickMachineRecovery/EnableQuickMachineRecovery';
const switchOn = write('Add', 5, switchUri, 'bool', 'true');

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
  server.script = answers(
    say(1, welcome + get(5, './DevDetail/SwV')),
    say(2, header(2)),
  );
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
  server.script = answers(
    say(1, `${welcome}<Atomic><CmdID>5</CmdID>${write('Add', 6, `${restore}/SetMaxDiskUsage`, 'int', '4096')}${write('Add', 7, `${restore}/EnablePointInTimeRestore`, 'bool', 'true')}</Atomic>`),
    say(2, header(2) + get(2, restore, `${restore}/SetMaxDiskUsage`)),
    say(3, header(3)),
  );
  const report = await client.sync();

  expect(report.violations).toEqual([]);
  expect(report.replies.filter(({ kind }) => kind === 'status').map((reply) => ('status' in reply ? `${reply.cmd} ${reply.cmdRef} ${reply.status}` : ''))).toEqual(['SyncHdr 0 200', 'Atomic 5 200', 'Add 6 200', 'Add 7 200', 'SyncHdr 0 200', 'Get 2 200']);
  expect(report.replies.filter(({ kind }) => kind === 'results')).toMatchObject([{ format: 'node', data: 'EnablePointInTimeRestore/SetMaxDiskUsage' }, { format: 'int', data: '4096' }]);
  expect(client.node('./Vendor/MSFT/Recovery/PointInTimeRestore/SetMaxDiskUsage')).toBe('4096');
});

const profile = (key: string): string => `<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><name>Office</name><SSIDConfig><SSID><name>Office</name></SSID></SSIDConfig><connectionType>ESS</connectionType><connectionMode>auto</connectionMode><MSM><security><authEncryption><authentication>WPA2PSK</authentication><encryption>AES</encryption><useOneX>false</useOneX></authEncryption><sharedKey><keyType>passPhrase</keyType><protected>false</protected><keyMaterial>${key}</keyMaterial></sharedKey></security></MSM></WLANProfile>`;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const wifi = './Vendor/MSFT/Recovery/NetworkSettings/Wifi/Office/WlanXML';

test('the server sends a large object in chunks over several messages', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server, { isInsider: true });
  const xml = profile('correct horse');
  const size = `<Size xmlns="syncml:metinf">${xml.length}</Size>`;
  server.script = answers(
    say(1, welcome + write('Add', 5, wifi, 'chr', escaped(xml.slice(0, 100)), { size, end: '<MoreData/>' }), { isFinal: false }),
    say(2, header(2) + status(2, 2, 3, 'Alert') + write('Add', 3, wifi, 'chr', escaped(xml.slice(100, 300)), { size: '', end: '<MoreData/>' }), { isFinal: false }),
    say(3, header(3) + status(2, 3, 3, 'Alert') + write('Add', 3, wifi, 'chr', escaped(xml.slice(300)))),
    say(4, header(4)),
  );
  const report = await client.sync();
  expect(report.violations).toEqual([]);
  expect(report.replies.filter((reply) => reply.kind !== 'status' || reply.cmd === 'Add')).toMatchObject([{ status: 213 }, { code: '1222' }, { status: 213 }, { code: '1222' }, { status: 200 }]);
  expect(client.node(wifi)).toBe(xml);
});

test('a large result goes to the server in chunks that fit into what it takes', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  const uri = './Vendor/MSFT/DMClient/Provider/Scripted/EntDMID';
  client.changeLocally(uri, '&'.repeat(2_000));
  const small = { header: '<Meta><MaxMsgSize xmlns="syncml:metinf">6000</MaxMsgSize></Meta>' };
  server.script = (message, count) => {
    if (count === 1) return say(1, welcome + get(5, uri) + get(6, './DevInfo/DevId'), small);
    const cmdIdOf = (pattern: RegExp): number => Number(pattern.exec(message.text)?.[1] ?? 0);
    const chunk = cmdIdOf(/<Results><CmdID>([0-9]+)<\/CmdID>(?:(?!<\/Results>).)*<MoreData\/>/);
    return say(count, header(count) + (chunk === 0 ? '' : `${status(2, count, chunk, 'Results', 213)}<Alert><CmdID>3</CmdID><Data>1222</Data></Alert>`), small);
  };
  const report = await client.sync();
  expect(report.violations).toEqual([]);
  expect(server.seen.length).toBeGreaterThan(3);
  for (const { text } of server.seen.slice(1)) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6_000);
  const chunks = server.seen.flatMap(({ text }) => [...text.matchAll(/<Results>.*?<Data>(.*?)<\/Data>/g)].map(([, data]) => data ?? ''));
  expect(chunks.join('')).toBe(`${'&amp;'.repeat(2_000)}PC-1`);
  expect(server.seen[1]?.text).toContain('<Size xmlns="syncml:metinf">2000</Size>');
  for (const { text } of server.seen.slice(1)) expect(text.indexOf('<Cmd>SyncHdr</Cmd>')).toBe(text.indexOf('<Cmd>'));
});

test('the server ends a session with alert 1223: what came before is answered, what comes after is not run', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, `${welcome}<Alert><CmdID>6</CmdID><Data>1223</Data></Alert>${switchOn}`), say(2, header(2)));
  const report = await client.sync();
  expect([report.ending, report.replies.slice(1)]).toMatchObject(['aborted', [{ cmd: 'Alert', status: 200 }, { cmd: 'Add', status: 214 }]]);
  expect(client.node(switchUri)).toBeUndefined();
});

test('a message that would say nothing but that the header was well is not sent', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, welcome + switchOn.replace('</CmdID>', '</CmdID><NoResp/>')));
  expect(await client.sync()).toMatchObject({ ending: 'completed', replies: [], violations: [] });
  expect([server.seen.length, client.node(switchUri)]).toEqual([1, 'true']);
});

test('a server that does not accept the client ends the session at once', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, status(1, 1, 0, 'SyncHdr', 401) + switchOn));
  expect(await client.sync()).toMatchObject({ ending: 'refused', replies: [] });
  expect([client.node(switchUri), server.seen.length, client.isEnrolled]).toEqual([undefined, 1, true]);
});

test('the server unenrols the device; the user does so with alert 1226', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, `${welcome}<Exec><CmdID>5</CmdID><Item><Target><LocURI>./Vendor/MSFT/DMClient/Provider/Scripted/Unenroll</LocURI></Target></Item></Exec>`), say(2, header(2)));
  expect(await client.sync()).toMatchObject({ ending: 'unenrolled', violations: [] });
  expect(client.isEnrolled).toBe(false);
  await expect(client.sync()).rejects.toMatchObject({ code: 'failed-precondition' });

  await client.enrol({ discoveryUrl: server.discoveryUrl, userName: 'u', password: 'let-me-in' });
  client.unenrolByUser();
  server.script = answers(say(1, status(1, 1, 0, 'SyncHdr') + status(2, 1, 1, 'Alert') + status(3, 1, 2, 'Alert') + status(4, 1, 3, 'Alert') + status(5, 1, 4, 'Replace'), { session: '2' }));
  expect(await client.sync()).toMatchObject({ ending: 'unenrolled', violations: [] });
  expect(server.seen.at(-1)?.text).toContain('<Alert><CmdID>3</CmdID><Data>1226</Data><Item><Meta><Type xmlns="syncml:metinf">com.microsoft:mdm.unenrollment.userrequest</Type><Format xmlns="syncml:metinf">int</Format></Meta><Data>1</Data></Item></Alert>');
  expect(client.isEnrolled).toBe(false);
});

test.each([['before-commands', undefined], ['after-commands', 'true']] as const)('a device that dies %s keeps what it did, and an alert that nobody heard', async (when, value) => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  client.raiseAlert({ code: '1226', item: { type: 'com.example:done', data: '0' } });
  client.inject({ kind: 'drop-reply', when });
  const greeted = (session: string): string => say(1, status(1, 1, 0, 'SyncHdr') + status(2, 1, 1, 'Alert') + status(3, 1, 2, 'Alert') + status(4, 1, 3, 'Alert') + status(5, 1, 4, 'Replace') + (session === '1' ? write('Add', 6, switchUri, 'bool', 'true') : ''), { session });
  server.script = answers(greeted('1'));
  expect(await client.sync()).toMatchObject({ ending: 'cut' });
  expect(server.seen).toHaveLength(1);

  // The device starts again from what it wrote down.
  const state: unknown = JSON.parse(JSON.stringify(client.state()));
  const restarted = createMdmClient({ build: '26100.8737', hardwareId: 'PC-1', deviceName: 'pc', clock: { now: () => 2 }, trustedAuthoritiesPem: server.authorityPem, state: state as ReturnType<MdmClient['state']> });
  expect(restarted.node(switchUri)).toBe(value);
  server.script = answers(greeted('2'));
  expect(await restarted.sync()).toMatchObject({ sessionId: '2', ending: 'completed', violations: [] });
  expect(server.seen.map(({ text }) => text.includes('com.example:done'))).toEqual([true, true]);
  expect(restarted.state().pendingAlerts).toEqual([]);
});

test('faults of the device answer with their codes until they are spent', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  client.inject({ kind: 'busy', uri: './Vendor/MSFT/Recovery', times: 1 });
  client.inject({ kind: 'permission-denied', uri: './DevDetail' });
  server.script = answers(say(1, welcome + switchOn + get(6, './DevDetail/SwV')), say(2, header(2) + write('Add', 2, switchUri, 'bool', 'true')), say(3, header(3)));
  const { replies } = await client.sync();
  expect(replies.flatMap((reply) => (reply.kind === 'status' && reply.cmd !== 'SyncHdr' ? [reply.status] : []))).toEqual([417, 425, 200]);
  client.clearFaults();
  expect(client.state().device.faults).toEqual([]);
});

test('a message longer than the client takes is told', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server, { maxMsgSizeBytes: 500 });
  server.script = answers(say(1, welcome));
  expect((await client.sync()).violations).toEqual([expect.stringMatching(/^a message of \d+ bytes, and this client takes 500$/)]);
});

test.each([
  ['a Status for another message', welcome.replaceAll('<MsgRef>1', '<MsgRef>7'), {}, 'a Status has MsgRef 7, not 1'],
  ['an Alert without Status', welcome.replace(/<Status><CmdID>3.*?<\/Status>/, ''), {}, 'Alert 2 got no Status'],
  ['a Status for a command that was not sent', welcome + status(9, 1, 8, 'Get'), {}, 'a Status answers Get 8, which was not sent'],
  ['another session', welcome, { session: '8' }, 'SessionID is 8, not 1'],
  ['no Status of the header', welcome.replace(/<Status>.*?<\/Status>/, ''), {}, 'the first Status does not answer SyncHdr'],
  ['another order', status(1, 1, 0, 'SyncHdr') + status(2, 1, 2, 'Alert') + status(3, 1, 1, 'Alert') + status(4, 1, 3, 'Replace'), {}, 'statuses are not in the order of the commands'],
])('%s is told', async (_, body, options, violation) => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, body, options));
  expect((await client.sync()).violations).toContain(violation);
});

test('a MsgID that does not count up is told; the session goes on where the server asks for it', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, welcome + get(5, './DevInfo/DevId'), { header: `<RespURI>${server.managementUrl}/next</RespURI>` }), say(5, header(2)));
  expect((await client.sync()).violations).toEqual(['MsgID is 5, not 2']);
  expect(server.seen.map(({ url }) => url.split('?')[0])).toEqual(['/omadm', '/omadm/next']);
});

test('commands in another version of the protocol are not run', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = answers(say(1, welcome + switchOn).replace('DM/1.2', 'DM/1.1'), say(2, header(2)));
  const report = await client.sync();
  expect([report.replies, client.node(switchUri)]).toEqual([[{ kind: 'status', cmdRef: '0', cmd: 'SyncHdr', status: 400 }], undefined]);
});

test.each([
  ['401', { status: 401, text: '' }, 'unauthenticated'], ['403', { status: 403, text: '' }, 'permission-denied'], ['503', { status: 503, text: '' }, 'unavailable'],
  ['a page', { status: 200, text: '<html/>', type: 'text/html' }, 'invalid-argument'], ['WBXML', { status: 200, text: 'x', type: 'application/vnd.syncml.dm+wbxml' }, 'invalid-argument'],
  ['no SyncML', { status: 200, text: '<html/>', type: 'application/vnd.syncml.dm+xml' }, 'invalid-argument'],
])('an answer of %s fails the session', async (_, answer, code) => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  server.script = () => answer;
  await expect(client.sync()).rejects.toMatchObject({ code });
});

test('without the certificate of this authority nobody gets in; a server of another authority is not spoken to', async () => {
  await using server = await startScriptedMdmServer();
  await using other = await startScriptedMdmServer();
  const client = await enrolled(server);
  const state = client.state();
  const stranger = await enrolled(other);
  const enrolment = stranger.state().enrolment;
  if (!enrolment || !state.enrolment) throw new TypeError('not enrolled');
  const settings = { build: '26100.8737', hardwareId: 'PC-1', deviceName: 'pc', clock: { now: () => 2 } };
  const intruder = createMdmClient({ ...settings, trustedAuthoritiesPem: server.authorityPem, state: { ...state, enrolment: { ...enrolment, managementUrl: state.enrolment.managementUrl } } });
  await expect(intruder.sync()).rejects.toMatchObject({ code: 'permission-denied' });
  const deceived = createMdmClient({ ...settings, trustedAuthoritiesPem: server.authorityPem, state: { ...state, enrolment: { ...state.enrolment, managementUrl: other.managementUrl } } });
  await expect(deceived.sync()).rejects.toMatchObject({ code: 'unavailable', retry: 'reconcile-first' });
  expect([server.seen.length, other.seen.length]).toEqual([0, 0]);
});

test('one session at a time, none without end, and a signal ends one', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server, { maxMessages: 5 });
  server.script = (_, count) => say(count, (count === 1 ? welcome : header(count)) + get(9, './DevInfo/DevId'));
  const first = client.sync();
  await expect(client.sync()).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(first).rejects.toMatchObject({ code: 'resource-exhausted' });
  expect(server.seen).toHaveLength(5);
  const reason = new RangeError('enough');
  await expect(client.sync({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('what is changed at the device is there for the server to find', async () => {
  await using server = await startScriptedMdmServer();
  const client = await enrolled(server);
  client.changeLocally(switchUri.replace('./', './Device/'), 'false');
  server.script = answers(say(1, welcome + get(5, switchUri)), say(2, header(2)));
  const { replies } = await client.sync({ reason: 'server' });
  expect(replies.at(-1)).toMatchObject({ kind: 'results', format: 'bool', data: 'false' });
  expect(server.seen[0]?.text).toContain('<Data>1200</Data>');
  client.changeLocally('./Vendor/MSFT/Recovery/QuickMachineRecovery', undefined);
  expect(client.node(switchUri)).toBeUndefined();
});
