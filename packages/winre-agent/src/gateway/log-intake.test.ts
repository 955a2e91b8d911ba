import { describe, expect, it } from 'vitest';
import { openBench, type GatewayBench } from '../../test/gateway-bench.ts';
import { enrol, openChannel, poll, send, type TestChannel } from '../../test/test-device.ts';
import { logsReplySchema, protocolRoutes, type DataCategory, type LogChunk, type LogsReply } from '../protocol/index.ts';

const chunk = (sequence: number, bytes = 10, category: DataCategory = 'agent-log'): LogChunk => ({ sequence, stream: 'agent', category, text: 'x'.repeat(bytes), bytes, truncated: false });

async function sendLogs(bench: GatewayBench, channel: TestChannel, ...chunks: LogChunk[]): Promise<LogsReply> {
  const sending = send(bench, channel, protocolRoutes.logs, { chunks });
  const settled = { yet: false };
  const mark = (): void => void (settled.yet = true);
  sending.then(mark, mark);
  // A sink that does not move makes the gateway wait a moment before it answers.
  while (!settled.yet) await (bench.clock.sleepers.some((sleeper) => sleeper.requestedMs === 250) ? bench.clock.advance(250) : new Promise((resolve) => setImmediate(resolve)));
  return logsReplySchema.parse(await sending);
}

/** A sink that takes a chunk each time it is told to. */
function createSlowSink(): { readonly taken: number[]; readonly logSink: (entry: { readonly chunk: LogChunk }) => Promise<void>; release(): Promise<void> } {
  const taken: number[] = [];
  const waiting: (() => void)[] = [];
  return {
    taken,
    logSink: ({ chunk: { sequence } }) => new Promise<void>((resolve) => waiting.push(() => resolve(void taken.push(sequence)))),
    async release() {
      waiting.shift()?.();
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('log intake', () => {
  it('acknowledges what the sink has consumed, and opens the window by that much', async () => {
    const sink = createSlowSink();
    const bench = await openBench({ ...sink, logWindowBytes: 100 });
    const channel = await openChannel(bench, await enrol(bench));
    expect(channel.hello.logWindowBytes).toBe(100);
    expect(await sendLogs(bench, channel, chunk(1, 40), chunk(2, 60))).toMatchObject({ acknowledgedSequence: 0, windowBytes: 0 });
    await expect(sendLogs(bench, channel, chunk(3, 1))).rejects.toMatchObject({ code: 'resource-exhausted', facts: { windowBytes: 0 } });
    await sink.release();
    expect((await poll(bench, channel)).logs).toEqual({ acknowledgedSequence: 1, windowBytes: 40 });
    expect(await sendLogs(bench, channel, chunk(3, 40))).toMatchObject({ acknowledgedSequence: 1, windowBytes: 0 });
    for (let more = 0; more < 3; more += 1) await sink.release();
    expect(await sendLogs(bench, channel)).toEqual({ acknowledgedSequence: 3, windowBytes: 100, refusedCategories: [] });
    expect(sink.taken).toEqual([1, 2, 3]);
  });

  it('takes a chunk that is sent again once', async () => {
    const seen: number[] = [];
    const bench = await openBench({ logSink: ({ chunk: { sequence } }) => Promise.resolve(void seen.push(sequence)) });
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    await sendLogs(bench, channel, chunk(1), chunk(2));
    const again = await openChannel(bench, device);
    expect(again.hello.lastLogSequence).toBe(2);
    await sendLogs(bench, again, chunk(2), chunk(3));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('offers a chunk again that the sink has refused, and acknowledges it only then', async () => {
    let refusals = 1;
    const seen: number[] = [];
    const bench = await openBench({ logSink: ({ chunk: { sequence } }) => (refusals-- > 0 ? Promise.reject(new TypeError('disk full')) : Promise.resolve(void seen.push(sequence))) });
    const channel = await openChannel(bench, await enrol(bench));
    expect(await sendLogs(bench, channel, chunk(1))).toMatchObject({ acknowledgedSequence: 0 });
    await poll(bench, channel);
    expect(await sendLogs(bench, channel)).toMatchObject({ acknowledgedSequence: 1 });
    expect(seen).toEqual([1]);
  });

  it('throws away, and says so, what the tenant has not consented to', async () => {
    const seen: number[] = [];
    const bench = await openBench({ logSink: ({ chunk: { sequence } }) => Promise.resolve(void seen.push(sequence)) });
    await bench.gateway().putTenant({ tenantId: 'tenant-1', trustedKeys: [bench.gatewayKey.key], caCertificatesPem: [], consent: { categories: ['agent-log'] } });
    const channel = await openChannel(bench, await enrol(bench));
    expect(await sendLogs(bench, channel, chunk(1), chunk(2, 10, 'memory-dump'), chunk(3))).toMatchObject({ acknowledgedSequence: 3, refusedCategories: ['memory-dump'] });
    expect(seen).toEqual([1, 3]);
  });

  it('refuses chunks out of order and with a wrong length', async () => {
    const bench = await openBench();
    const channel = await openChannel(bench, await enrol(bench));
    await expect(sendLogs(bench, channel, chunk(2), chunk(1))).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'chunks.1.sequence' });
    await expect(sendLogs(bench, channel, { ...chunk(1), bytes: 9 })).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'chunks.0.bytes' });
    expect(await sendLogs(bench, channel, chunk(1))).toMatchObject({ acknowledgedSequence: 1 });
  });
});
