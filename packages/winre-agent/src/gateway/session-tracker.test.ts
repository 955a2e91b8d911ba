import type { SessionEventInput, SessionWatchRequest } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { nonce, openBench, planOperation, tenantId, type GatewayBench } from '../../test/gateway-bench.ts';
import { enrol, openChannel, poll, send } from '../../test/test-device.ts';
import { protocolRoutes } from '../protocol/index.ts';

/** Everything a watcher gets until there is nothing more to get now. */
async function eventsOf(bench: GatewayBench, request: SessionWatchRequest = {}): Promise<SessionEventInput[]> {
  const events: SessionEventInput[] = [];
  const done = new AbortController();
  for await (const event of bench.gateway().sessions.watch(request, { signal: done.signal, correlationId: 'c' })) {
    events.push(event);
    if (event.type === 'stream.checkpoint') done.abort();
  }
  return events;
}
const typesOf = (events: readonly SessionEventInput[]): string[] => events.map((event) => event.type).filter((type) => !type.startsWith('stream.'));
const tokenOf = (events: readonly SessionEventInput[]): string => events.flatMap((event) => (event.type === 'stream.checkpoint' ? [event.resumeToken] : []))[0] ?? '';

async function openSessions(bench: GatewayBench): Promise<string[]> {
  const ids: string[] = [];
  for await (const session of bench.gateway().sessions.list({ signal: new AbortController().signal, correlationId: 'c' })) ids.push(session.sessionId);
  return ids;
}

describe('sessions', () => {
  it('are told from detection to end', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const start = tokenOf(await eventsOf(bench));
    const channel = await openChannel(bench, device, { osBuild: '26100.1', bootReason: 'requested' });
    await poll(bench, channel, { network: { connected: true, addresses: ['10.0.0.1'] }, heartbeat: 7 });
    await poll(bench, channel, { network: { connected: true, addresses: ['10.0.0.1'] }, heartbeat: 8 });
    await send(bench, channel, protocolRoutes.end, { reason: 'booted' });
    const events = await eventsOf(bench, { resumeToken: start });
    expect(typesOf(events)).toEqual(['session.detected', 'session.heartbeat', 'session.network', 'session.heartbeat', 'session.ended']);
    expect(events[0]).toMatchObject({ device: { id: device.enrolment.deviceId }, session: { source: 'agent', confidence: 'confirmed', bootReason: 'requested', osBuild: '26100.1' } });
    expect(events[4]).toMatchObject({ reason: 'booted' });
    expect(await openSessions(bench)).toEqual([]);
  });

  it('stay one session through a flapping network, a restart of the agent and one of the gateway', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const { hello } = await openChannel(bench, device);
    const start = tokenOf(await eventsOf(bench));
    for (let round = 0; round < 3; round += 1) {
      await bench.clock.advance(61_000);
      expect((await openChannel(bench, device)).hello.sessionId).toBe(hello.sessionId);
    }
    expect(typesOf(await eventsOf(bench, { resumeToken: start }))).toEqual(['session.lost', 'session.lost', 'session.lost']);
    await bench.restart();
    expect(await openSessions(bench)).toEqual([hello.sessionId]);
    expect((await openChannel(bench, device)).hello.sessionId).toBe(hello.sessionId);
    device.bootId = nonce();
    expect((await openChannel(bench, device, { resumeSessionId: hello.sessionId ?? '' })).hello.sessionId).toBe(hello.sessionId);
    expect(await openSessions(bench)).toHaveLength(1);
  });

  it('become another one with another boot, and end when the operating system runs', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const first = await openChannel(bench, device);
    const start = tokenOf(await eventsOf(bench));
    device.bootId = nonce();
    const second = await openChannel(bench, device);
    expect(second.hello.sessionId).not.toBe(first.hello.sessionId);
    expect((await openChannel(bench, device, { mode: 'service' })).hello.sessionId).toBeUndefined();
    expect((await eventsOf(bench, { resumeToken: start })).flatMap((event) => (event.type === 'session.ended' ? [event.reason] : []))).toEqual(['unknown', 'booted']);
  });

  it('are lost after three silent intervals, back with the next heartbeat, and over after half an hour', async () => {
    const bench = await openBench();
    const channel = await openChannel(bench, await enrol(bench));
    const start = tokenOf(await eventsOf(bench));
    await bench.clock.advance(45_000);
    await poll(bench, channel);
    await bench.clock.advance(60_000);
    await poll(bench, channel);
    await bench.clock.advance(31 * 60_000);
    const events = await eventsOf(bench, { resumeToken: start });
    expect(typesOf(events)).toEqual(['session.heartbeat', 'session.lost', 'session.heartbeat', 'session.lost', 'session.ended']);
    expect(events.find((event) => event.type === 'session.ended')).toMatchObject({ reason: 'timeout' });
    expect(await openSessions(bench)).toEqual([]);
  });

  it('show what becomes of operations, and logs once they are consumed', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const start = tokenOf(await eventsOf(bench));
    const { deviceId, enrolmentEpoch } = device.enrolment;
    await bench.gateway().submitOperation(await planOperation(bench, 'o', { capability: 'winre.session.enter', tenantId, device: { id: deviceId, enrolmentEpoch } }));
    await poll(bench, channel);
    await send(bench, channel, protocolRoutes.report, { reports: [{ operationKey: 'o', reportSequence: 1, report: { state: 'failed', rawState: 'exit 3', exitCode: 3, observedAt: '2026-11-22T03:00:00.000Z' } }] });
    await send(bench, channel, protocolRoutes.logs, { chunks: [{ sequence: 1, stream: 'stdout', category: 'script-output', text: 'hi', bytes: 2, truncated: false }] });
    const events = await eventsOf(bench, { resumeToken: start });
    expect(events.flatMap((event) => (event.type === 'session.operation' ? [event.state] : []))).toEqual(['accepted', 'accepted', 'failed']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'session.log', text: 'hi', stream: 'stdout' }));
  });

  it('name devices by hardware id for vendors that have ids of their own', async () => {
    const bench = await openBench({ nameDevicesBy: 'hardware-id' });
    await openChannel(bench, await enrol(bench, { hardwareId: 'serial-7' }));
    expect(await eventsOf(bench, { deviceId: 'serial-7' })).toContainEqual(expect.objectContaining({ type: 'session.detected', device: expect.objectContaining({ id: 'serial-7' }) as object }));
    expect(typesOf(await eventsOf(bench, { deviceId: 'another' }))).toEqual([]);
  });
});
