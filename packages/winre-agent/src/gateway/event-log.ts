import { instantAt, RecoveryError, type Clock, type SessionEventInput, type SessionWatchRequest } from '@winre-kit/sdk';
import { createWakeHub } from './wake-hub.ts';

/** An event before the log stamps it. `eventId` is given by those that may be told twice. */
export type UnstampedEvent = SessionEventInput extends infer Event ? (Event extends SessionEventInput ? Omit<Event, 'eventId' | 'observedAt' | 'occurredAt'> & { readonly eventId?: string; readonly occurredAt?: string } : never) : never;

/** The newest session events, in memory. */
export interface EventLog {
  append(event: UnstampedEvent): void;
  /**
   * Without a token: `standing()` first, then everything from now on. With one: everything after it; when some of that is gone, `stream.gap`, then as
   * without. A checkpoint follows each batch. Ends when the signal or the gateway ends.
   */
  watch(request: SessionWatchRequest, standing: () => readonly UnstampedEvent[], signal: AbortSignal): AsyncIterable<SessionEventInput>;
}

export function createEventLog(config: { readonly streamId: string; readonly keepEvents: number; readonly keepEventBytes: number; readonly clock: Clock; readonly closed: AbortSignal }): EventLog {
  const { streamId, keepEvents, keepEventBytes, clock, closed } = config;
  const kept: SessionEventInput[] = [];
  const sizes: number[] = [];
  let keptBytes = 0;
  const wake = createWakeHub();
  let firstPosition = 1;
  const nextPosition = (): number => firstPosition + kept.length;
  let stampCount = 0;
  const stamp = (event: UnstampedEvent): SessionEventInput => {
    const now = instantAt(clock.now());
    stampCount += 1;
    return { ...event, eventId: event.eventId ?? `${streamId}.${stampCount}`, occurredAt: event.occurredAt ?? now, observedAt: now };
  };
  const checkpoint = (position: number): SessionEventInput => stamp({ type: 'stream.checkpoint', eventId: `${streamId}.at.${position}`, resumeToken: `${streamId}.${position}` });

  const positionOf = (resumeToken: string): number | undefined => {
    const match = /^(.+)\.([0-9]{1,15})$/.exec(resumeToken);
    if (!match) throw new RecoveryError('invalid-argument', 'resumeToken: expected a token from a stream.checkpoint', { fieldPath: 'resumeToken' });
    const position = Number(match[2]);
    return match[1] === streamId && position >= firstPosition && position <= nextPosition() ? position : undefined;
  };

  return {
    append(event) {
      const stamped = stamp(event);
      kept.push(stamped);
      const bytes = JSON.stringify(stamped).length;
      sizes.push(bytes);
      keptBytes += bytes;
      while (kept.length > keepEvents || (keptBytes > keepEventBytes && kept.length > 1)) {
        kept.shift();
        keptBytes -= sizes.shift() ?? 0;
        firstPosition += 1;
      }
      wake.notify('events');
    },
    async *watch(request, standing, signal) {
      const ended = AbortSignal.any([signal, closed]);
      ended.addEventListener('abort', () => wake.notify('events'), { once: true });
      const wanted = (event: SessionEventInput): boolean => request.deviceId === undefined || !('device' in event) || event.device.id === request.deviceId;
      let position = request.resumeToken === undefined ? undefined : positionOf(request.resumeToken);
      let gap = request.resumeToken !== undefined && position === undefined;
      while (!ended.aborted) {
        const change = wake.next('events');
        if (position !== undefined && position < firstPosition) [position, gap] = [undefined, true];
        let batch: SessionEventInput[];
        if (position === undefined) {
          batch = standing().map((event) => stamp(event));
          if (gap) batch.unshift(stamp({ type: 'stream.gap', reason: 'the gateway does not keep the events right behind the token any more' }));
        } else {
          batch = kept.slice(position - firstPosition);
        }
        const isFirst = position === undefined;
        position = nextPosition();
        gap = false;
        const shown = batch.filter((event) => wanted(event));
        if (shown.length > 0 || isFirst) shown.push(checkpoint(position));
        for (const event of shown) {
          if (ended.aborted) return;
          yield event;
        }
        if (position === nextPosition()) await change;
      }
    },
  };
}
