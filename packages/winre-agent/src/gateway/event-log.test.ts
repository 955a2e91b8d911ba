import type { SessionEventInput } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '@winre-kit/testkit';
import { createEventLog, type EventLog, type UnstampedEvent } from './event-log.ts';

const heartbeat = (sequence: number, id = 'd'): UnstampedEvent => ({ type: 'session.heartbeat', sessionId: 's', device: { id, enrolmentEpoch: 'e' }, sequence });
const openLog = (keepEvents = 100, closed = new AbortController().signal): EventLog => createEventLog({ streamId: 'stream', keepEvents, keepEventBytes: 10_000, clock: createManualClock(), closed });

/** Takes events until `count` of them, or the end. */
async function take(log: EventLog, count: number, resumeToken?: string): Promise<SessionEventInput[]> {
  const events: SessionEventInput[] = [];
  const done = new AbortController();
  for await (const event of log.watch(resumeToken === undefined ? {} : { resumeToken }, () => [heartbeat(0)], done.signal)) {
    events.push(event);
    if (events.length === count) done.abort();
  }
  return events;
}
const shape = (events: readonly SessionEventInput[]): (string | number)[] => events.map((event) => (event.type === 'session.heartbeat' ? event.sequence : event.type));

describe('event log', () => {
  it('goes on right behind a token', async () => {
    const log = openLog();
    log.append(heartbeat(1));
    log.append(heartbeat(2));
    const first = await take(log, 2);
    expect(shape(first)).toEqual([0, 'stream.checkpoint']);
    const token = first[1]?.type === 'stream.checkpoint' ? first[1].resumeToken : '';
    log.append(heartbeat(3));
    expect(shape(await take(log, 2, token))).toEqual([3, 'stream.checkpoint']);
    expect(shape(await take(log, 2, token))).toEqual([3, 'stream.checkpoint']);
    expect((await take(log, 1, token))[0]?.eventId).toBe((await take(log, 1, token))[0]?.eventId);
  });

  it('yields what happens while it is watched', async () => {
    const log = openLog();
    const watching = take(log, 5);
    await new Promise((resolve) => setImmediate(resolve));
    log.append(heartbeat(1));
    await new Promise((resolve) => setImmediate(resolve));
    log.append(heartbeat(2));
    log.append(heartbeat(3));
    expect(shape(await watching)).toEqual([0, 'stream.checkpoint', 1, 'stream.checkpoint', 2]);
  });

  it('says that there is a gap when the events behind a token are gone, or are of another run', async () => {
    const log = openLog(2);
    const token = (await take(log, 2)).flatMap((event) => (event.type === 'stream.checkpoint' ? [event.resumeToken] : []))[0] ?? '';
    for (let sequence = 1; sequence <= 3; sequence += 1) log.append(heartbeat(sequence));
    expect(shape(await take(log, 3, token))).toEqual(['stream.gap', 0, 'stream.checkpoint']);
    expect(shape(await take(openLog(), 2, 'before-restart.1'))).toEqual(['stream.gap', 0]);
    await expect(take(log, 1, 'nonsense')).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'resumeToken' });
  });

  it('says so too when a slow watcher is overtaken', async () => {
    const log = openLog(2);
    const done = new AbortController();
    const seen: SessionEventInput[] = [];
    for await (const event of log.watch({}, () => [], done.signal)) {
      seen.push(event);
      if (seen.length === 1) for (let sequence = 1; sequence <= 5; sequence += 1) log.append(heartbeat(sequence));
      if (seen.length === 2) done.abort();
    }
    expect(shape(seen)).toEqual(['stream.checkpoint', 'stream.gap']);
  });

  it('ends with the gateway', async () => {
    const closing = new AbortController();
    const watching = take(openLog(10, closing.signal), 99);
    await new Promise((resolve) => setImmediate(resolve));
    closing.abort();
    expect(shape(await watching)).toEqual([0, 'stream.checkpoint']);
  });

  it('keeps few large events: a device that talks a lot does not fill the memory', async () => {
    const log = openLog();
    const token = (await take(log, 2))[1];
    for (let sequence = 1; sequence <= 4; sequence += 1) log.append({ type: 'session.log', sessionId: 's', device: { id: 'd', enrolmentEpoch: 'e' }, sequence, stream: 'stdout', text: 'x'.repeat(4_000), bytes: 4_000, truncated: false });
    expect(shape(await take(log, 1, token?.type === 'stream.checkpoint' ? token.resumeToken : ''))).toEqual(['stream.gap']);
  });
});
