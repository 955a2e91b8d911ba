import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { parkedWriteSchema } from '../src/plugin/graph/approval/parked-write.ts';
import { readApproval } from '../src/plugin/graph/approval/read-approval.ts';
import type { GraphWrite } from '../src/plugin/graph/graph-request.ts';
import { call, createGraphWorld, json, startGraphServer } from './graph-world.ts';

const noReply = z.null();
const wipe: GraphWrite<typeof noReply> = {
  version: 'v1.0', path: '/deviceManagement/managedDevices/1/wipe', method: 'POST', bodyText: '{ "keepUserData" : false }', doing: 'wiping a device', scopes: ['S'], reply: noReply, justification: 'lost',
};
const { doing, scopes, reply } = wipe;

/** Graph with Multi Admin Approval: parks with the given status, and takes what comes again with the code. */
function approving(status: number, seen: string[], isApproved: () => boolean): Parameters<typeof startGraphServer>[0] {
  return (request, response, body, origin) => {
    const url = new URL(request.url ?? '', origin);
    if (request.method === 'GET') return json(response, 200, { value: [{ id: 'r', status: isApproved() ? 'approved' : 'needsApproval', expirationDateTime: '2026-11-25T00:00:00Z', filter: url.searchParams.get('$filter') }] });
    seen.push(JSON.stringify([request.method, request.url, body, request.headers['content-type'] ?? '', request.headers['x-msft-approval-justification'] ?? '', request.headers['x-msft-approval-code'] ?? '']));
    if (isApproved() && request.headers['x-msft-approval-code'] === 'code-1') return void response.writeHead(204).end();
    return json(response, status, { error: { code: status === 412 ? 'BadRequest' : 'ApprovalRequired', message: 'approval' } }, { 'x-msft-approval-code': 'code-1', 'request-id': 'request-1' });
  };
}

test.each([400, 403, 412, 409, 500, 503])('parked under status %i, approved after a restart, and sent again byte for byte', async (status) => {
  const seen: string[] = [];
  let approved = false;
  await using server = await startGraphServer(approving(status, seen, () => approved));
  const before = createGraphWorld({ graphOrigin: server.origin }).client;
  const first = await before.send(wipe, call);
  if (first.state !== 'parked') throw new TypeError('not parked');
  const stored = JSON.stringify(first.parked);

  const { client, host } = createGraphWorld({ graphOrigin: server.origin });
  const parked = parkedWriteSchema.parse(JSON.parse(stored));
  expect((await readApproval(client, parked, call)).state).toBe('waiting');
  // Too early: still parked, under the same code and with the same deadline.
  expect(await client.resend({ parked, doing, scopes, reply }, call)).toEqual({ state: 'parked', parked });
  approved = true;
  expect((await readApproval(client, parked, call)).state).toBe('approved');
  expect(await client.resend({ parked, doing, scopes, reply }, call)).toEqual({ state: 'taken', reply: null });

  const bare = ['POST', '/v1.0/deviceManagement/managedDevices/1/wipe', wipe.bodyText, 'application/json'];
  expect(seen.map((line) => JSON.parse(line) as unknown)).toEqual([[...bare, btoa('lost'), ''], [...bare, '', 'code-1'], [...bare, '', 'code-1']]);
  expect(decodeURIComponent(host.requests[0]?.url ?? '')).toContain("$filter=requestId eq 'code-1'");
});

test('any body, any address: the second request is the first', async () => {
  const seen: string[] = [];
  await using server = await startGraphServer(approving(403, seen, () => false));
  const { client } = createGraphWorld({ graphOrigin: server.origin });
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  await fc.assert(fc.asyncProperty(fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'), fc.option(fc.json(), { nil: undefined }), fc.dictionary(fc.constantFrom('$a', 'b'), text), fc.boolean(), async (method, bodyText, query, carriesSecrets) => {
    seen.length = 0;
    const body = bodyText === undefined ? {} : { bodyText };
    const { bodyText: _bodyText, ...bare } = wipe;
    const first = await client.send({ ...bare, ...body, method, query, carriesSecrets }, call);
    if (first.state !== 'parked') throw new TypeError('not parked');
    await client.resend({ parked: first.parked, ...(carriesSecrets ? body : {}), doing, scopes, reply }, call);
    const [one, two] = seen.map((line) => (JSON.parse(line) as string[]).slice(0, 4));
    expect(two).toEqual(one);
  }), { numRuns: 40 });
});

test('approval that is asked for without a code to come back with is a refusal, and so is a second request while one is pending', async () => {
  const answers = [{ status: 403, code: 'ApprovalRequired' }, { status: 409, code: 'Conflict' }];
  await using server = await startGraphServer((_request, response) => {
    const { status, code } = answers.shift() ?? { status: 500, code: 'x' };
    json(response, status, { error: { code, message: 'no' } });
  });
  const { client } = createGraphWorld({ graphOrigin: server.origin });
  await expect(client.send(wipe, call)).rejects.toMatchObject({ code: 'failed-precondition', facts: { outcome: 'refused' } });
  await expect(client.send(wipe, call)).rejects.toMatchObject({ code: 'conflict', facts: { outcome: 'refused' } });
});

test('a body that is not the approved one is not sent', async () => {
  const seen: string[] = [];
  await using server = await startGraphServer(approving(403, seen, () => true));
  const { client } = createGraphWorld({ graphOrigin: server.origin });
  const first = await client.send(wipe, call);
  if (first.state !== 'parked') throw new TypeError('not parked');
  await expect(client.resend({ parked: first.parked, bodyText: '{"keepUserData":false}', doing, scopes, reply }, call)).rejects.toMatchObject({ code: 'plan-stale' });
  await expect(client.resend({ parked: { ...first.parked, url: 'http://127.0.0.1:1/v1.0/x' }, doing, scopes, reply }, call)).rejects.toMatchObject({ code: 'plan-stale' });
  expect(seen.length).toBe(1);
});
