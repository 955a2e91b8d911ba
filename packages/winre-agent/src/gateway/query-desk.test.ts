import { describe, expect, it } from 'vitest';
import { openBench } from '../../test/gateway-bench.ts';
import { enrol, openChannel, poll, send } from '../../test/test-device.ts';
import { protocolLimits, protocolRoutes } from '../protocol/index.ts';

const signal = new AbortController().signal;

describe('queries', () => {
  it('are asked with a poll and answered', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const answer = bench.gateway().query(device.enrolment.deviceId, { kind: 'network-status' }, { signal });
    await bench.clock.whenSleeping(2);
    const [command] = (await poll(bench, channel)).commands;
    expect(command).toMatchObject({ kind: 'query', query: { kind: 'network-status' } });
    await send(bench, channel, protocolRoutes.reply, { commandId: command?.commandId, reply: { connected: true } });
    await expect(answer).resolves.toEqual({ connected: true, addresses: [] });
    // A repeated answer is harmless.
    await expect(send(bench, channel, protocolRoutes.reply, { commandId: command?.commandId, reply: { connected: false } })).resolves.toEqual({});
  });

  it('come again until the agent says that it works on them', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const answer = bench.gateway().query(device.enrolment.deviceId, { kind: 'volume-status' }, { signal });
    answer.catch(() => undefined);
    await bench.clock.whenSleeping(2);
    const id = (await poll(bench, channel)).commands[0]?.commandId ?? '';
    expect((await poll(bench, channel)).commands[0]?.commandId).toBe(id);
    expect((await poll(bench, channel, { openQueryIds: [id] })).commands).toEqual([]);
    await expect(send(bench, channel, protocolRoutes.reply, { commandId: id, reply: { volumes: 'all' } })).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'volumes' });
    await send(bench, channel, protocolRoutes.reply, { commandId: id, error: { code: 'unsupported', message: 'no volumes here' } });
    await expect(answer).rejects.toMatchObject({ code: 'unsupported', message: 'no volumes here' });
  });

  it('of one device are not answered by another', async () => {
    const bench = await openBench();
    const [device, other] = [await enrol(bench), await enrol(bench, { hardwareId: 'hardware-2' })];
    const [channel, otherChannel] = [await openChannel(bench, device), await openChannel(bench, other)];
    const answer = bench.gateway().query(device.enrolment.deviceId, { kind: 'network-status' }, { signal });
    await bench.clock.whenSleeping(2);
    expect((await poll(bench, otherChannel)).commands).toEqual([]);
    const id = (await poll(bench, channel)).commands[0]?.commandId;
    await send(bench, otherChannel, protocolRoutes.reply, { commandId: id, reply: { connected: false } });
    await send(bench, channel, protocolRoutes.reply, { commandId: id, reply: { connected: true } });
    await expect(answer).resolves.toMatchObject({ connected: true });
  });

  it('say whether the device did not fetch them or did not answer, and end with their signal', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const ask = (by: AbortSignal = signal) => bench.gateway().query(device.enrolment.deviceId, { kind: 'network-status' }, { signal: by, timeoutMs: 1_000 });
    await expect(bench.clock.runUntilSettled(ask(), 2_000)).rejects.toMatchObject({ code: 'device-unreachable' });
    const channel = await openChannel(bench, device);
    const fetched = ask();
    fetched.catch(() => undefined);
    await bench.clock.whenSleeping(2);
    await poll(bench, channel);
    await expect(bench.clock.runUntilSettled(fetched, 2_000)).rejects.toMatchObject({ code: 'deadline-exceeded', retry: 'with-backoff' });
    await expect(ask(AbortSignal.abort(new DOMException('enough', 'AbortError')))).rejects.toThrow('enough');
    await expect(bench.gateway().query('ghost', { kind: 'network-status' }, { signal })).rejects.toMatchObject({ code: 'not-found' });
    expect((await poll(bench, channel)).commands).toEqual([]);
  });

  it('are limited per device, so that a poll can always name those that are worked on', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const ask = (): Promise<unknown> => bench.gateway().query(device.enrolment.deviceId, { kind: 'restore-points' }, { signal });
    const open = Array.from({ length: protocolLimits.maxOpenQueries }, ask);
    for (const answer of open) answer.catch(() => undefined);
    await bench.clock.whenSleeping(1 + open.length);
    await expect(ask()).rejects.toMatchObject({ code: 'resource-exhausted' });
    expect(protocolLimits.maxOpenQueries).toBeLessThan(100);
  });

  it('are not answered with a word about the caller: a device does not say whose token is bad', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const answer = bench.gateway().query(device.enrolment.deviceId, { kind: 'network-status' }, { signal });
    answer.catch(() => undefined);
    await bench.clock.whenSleeping(2);
    const [command] = (await poll(bench, channel)).commands;
    await send(bench, channel, protocolRoutes.reply, { commandId: command?.commandId, error: { code: 'unauthenticated', message: 'go away' } });
    await expect(answer).rejects.toMatchObject({ code: 'internal', message: 'go away' });
  });
});
