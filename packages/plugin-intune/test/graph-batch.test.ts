import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { batchBody, judgeBatch, planBatch, type BatchPart } from '../src/plugin/graph/graph-batch.ts';
import type { GraphReadMany } from '../src/plugin/graph/graph-request.ts';
import { call, createGraphWorld, json, startGraphServer } from './graph-world.ts';

const reply = z.object({ id: z.string() });
const part = (index: number, more: Partial<BatchPart> = {}): BatchPart => ({ index, relativeUrl: `/deviceManagement/managedDevices/${index}`, attempts: 0, readyMs: 0, ...more });
const context = { doing: 'reading', scopes: ['S'], wallMs: Date.UTC(2026, 10, 22), monotonicMs: 1_000 };
const ask = (count: number): GraphReadMany<typeof reply> => ({ version: 'beta', doing: 'reading devices', scopes: ['S'], reply, questions: Array.from({ length: count }, (_unused, index) => ({ path: `/deviceManagement/managedDevices/${index}` })) });
interface Batch { readonly requests: readonly { readonly id: string; readonly method: string; readonly url: string; readonly headers: unknown }[] }

test('twenty at a time, those first that need not wait', () => {
  const waiting = Array.from({ length: 30 }, (_unused, index) => part(index, { readyMs: index < 5 ? 2_000 : 0 }));
  expect(planBatch(waiting, 1_000).send.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_unused, index) => index + 5));
  const mixed = [part(0), part(1, { relativeUrl: '/deviceManagement/configurationPolicies/1' }), part(2)];
  expect(planBatch(mixed, 1_000).send.map(({ index }) => index)).toEqual([0, 2]);
  expect(planBatch(waiting.slice(0, 5), 1_000)).toEqual({ send: [], waitMs: 1_000 });
  expect(JSON.parse(batchBody([part(3)]))).toEqual({ requests: [{ id: '3', method: 'GET', url: '/deviceManagement/managedDevices/3', headers: { Prefer: 'include-unknown-enum-members' } }] });
});

test('each part is judged by its own answer, in any order; what is not answered is asked again', () => {
  const parts = [0, 1, 2, 3, 4, 5].map((index) => part(index));
  const verdicts = judgeBatch(parts, { responses: [
    { id: '5', status: 503, headers: {}, body: undefined },
    { id: '3', status: 429, headers: { 'retry-after': 'Sun, 22 Nov 2026 00:00:09 GMT' }, body: {} },
    { id: '2', status: 429, headers: { 'Retry-After': 4 }, body: {} },
    { id: '1', status: 404, headers: null, body: { error: { code: 'ResourceNotFound', message: 'gone' } } },
    { id: '0', status: 200, headers: {}, body: { id: 'x' } },
    { id: 'stranger', status: 200, headers: {}, body: {} },
  ] }, context);
  expect(parts.map((one) => verdicts.get(one))).toMatchObject([
    { kind: 'done', body: { id: 'x' } },
    { kind: 'failed', error: { code: 'not-found', message: 'reading: a part of the batch was answered 404: gone', vendor: { status: 404, code: 'ResourceNotFound' } } },
    { kind: 'again', throttled: { retryAfterMs: 4_000 }, next: { attempts: 1, readyMs: 5_000 } },
    { kind: 'again', throttled: { retryAfterMs: 9_000 }, next: { attempts: 1, readyMs: 10_000 } },
    { kind: 'again', next: { attempts: 1, readyMs: 2_000 } },
    { kind: 'again', next: { attempts: 1, readyMs: 2_000 } },
  ]);
  expect(judgeBatch([part(0, { attempts: 4 })], { responses: [{ id: '0', status: 429, headers: {}, body: {} }] }, context).values().next().value).toMatchObject({ kind: 'failed', error: { code: 'resource-exhausted' } });
  expect(judgeBatch([part(0)], { responses: [{ id: '0', status: 403, headers: {}, body: { error: { code: 'Forbidden' } } }] }, context).values().next().value).toMatchObject({ kind: 'failed', error: { code: 'permission-denied', message: expect.stringContaining('grant the application S') as string } });
});

test('every question gets its own answer, in order, whatever the parts run into', async () => {
  const outcome = fc.constantFrom('good', 'throttled', 'busy', 'left out', 'gone', 'odd');
  let plan: readonly (readonly string[])[] = [];
  let rounds: number[] = [];
  let sizes: number[] = [];
  await using server = await startGraphServer((_request, response, body) => {
    const { requests } = JSON.parse(body) as Batch;
    sizes.push(requests.length);
    const responses = requests.flatMap(({ id }): object[] => {
      const round = (rounds[Number(id)] = (rounds[Number(id)] ?? -1) + 1);
      switch (plan[Number(id)]?.[round] ?? 'good') {
        case 'throttled': return [{ id, status: 429, headers: { 'Retry-After': '2' }, body: { error: { code: 'TooManyRequests' } } }];
        case 'busy': return [{ id, status: 503, body: '<html>' }];
        case 'left out': return [];
        case 'gone': return [{ id, status: 404, body: { error: { code: 'ResourceNotFound' } } }];
        case 'odd': return [{ id, status: 200, body: { id: 7 } }];
        default: return [{ id, status: 200, body: { id: `device ${id}` } }];
      }
    });
    json(response, 200, { responses: responses.toReversed() });
  });
  await fc.assert(fc.asyncProperty(fc.array(fc.array(outcome, { maxLength: 4 }), { maxLength: 45 }), async (planned) => {
    [plan, rounds, sizes] = [planned, [], []];
    const answers = await createGraphWorld({ graphOrigin: server.origin }).client.readMany(ask(planned.length), call);
    expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(20);
    expect(answers.map((answer) => (answer.ok ? answer.value.id : (answer.error as Error & { code: string }).code))).toEqual(planned.map((script, index) => {
      const last = script.find((step) => step === 'good' || step === 'gone' || step === 'odd') ?? 'good';
      return { good: `device ${index}`, gone: 'not-found', odd: 'internal', throttled: '', busy: '', 'left out': '' }[last];
    }));
  }), { numRuns: 40 });
});

test('the batch draws on the budget once for each part', async () => {
  await using server = await startGraphServer((_request, response, body) => json(response, 200, { responses: (JSON.parse(body) as Batch).requests.map(({ id }) => ({ id, status: 200, body: { id } })) }));
  const { client, clock } = createGraphWorld({ graphOrigin: server.origin });
  await client.readMany(ask(1_990), call);
  expect([server.received(), clock.waits]).toEqual([100, []]);
  await client.readMany(ask(20), call);
  expect(clock.waits).toEqual([20_000]);
  // The batch went out whole after the wait, so all of it counts from then on.
  await client.readMany(ask(1_980), call);
  expect(clock.waits).toEqual([20_000]);
  await client.readMany(ask(1), call);
  expect(clock.waits).toEqual([20_000, 20_000]);
});

test('a part whose turn comes after the deadline ends the call instead of waiting for nobody', async () => {
  await using server = await startGraphServer((_request, response, body) => json(response, 200, { responses: (JSON.parse(body) as Batch).requests.map(({ id }) => ({ id, status: 429, headers: { 'Retry-After': '45' } })) }));
  const { client, clock } = createGraphWorld({ graphOrigin: server.origin });
  await expect(client.readMany(ask(3), { ...call, deadlineMs: clock.now() + 40_000 })).rejects.toMatchObject({ code: 'resource-exhausted', retryAfterMs: 45_000, message: expect.stringContaining('3 of 3 questions') as string });
  expect([server.received(), clock.waits]).toEqual([1, []]);
});

test('a part that Graph has no room for holds back everything of its kind, also once it is given up', async () => {
  await using server = await startGraphServer((_request, response, body) => json(response, 200, { responses: (JSON.parse(body) as Batch).requests.map(({ id }) => ({ id, status: 429, headers: { 'Retry-After': '12' } })) }));
  const { client, clock } = createGraphWorld({ graphOrigin: server.origin });
  expect(await client.readMany(ask(2), call)).toMatchObject([{ ok: false, error: { code: 'resource-exhausted' } }, { ok: false }]);
  expect([server.received(), clock.waits]).toEqual([5, [12_000, 12_000, 12_000, 12_000]]);
  const { questions: _questions, ...bare } = ask(0);
  await expect(client.read({ ...bare, path: '/deviceManagement/managedDevices/1' }, { ...call, deadlineMs: clock.now() + 5_000 })).rejects.toMatchObject({ code: 'resource-exhausted', facts: { outcome: 'not-sent' } });
  expect(server.received()).toBe(5);
});
