import { instantAt, RecoveryError, type Clock, type NetworkStatus, type RecoverySession, type SessionEventInput, type SessionWatchRequest } from '@winre-kit/sdk';

type Unstamped<Event> = Event extends SessionEventInput ? Omit<Event, 'eventId' | 'occurredAt' | 'observedAt' | 'sessionId' | 'device'> : never;

/** The vendor's record of WinRE sessions, with a log of events that watchers read from any point. */
export interface ModelSessions {
  /** A device is seen in WinRE. */
  detect(session: Pick<RecoverySession, 'sessionId' | 'device'> & Partial<RecoverySession>): RecoverySession;
  heartbeat(sessionId: string): void;
  network(sessionId: string, network: NetworkStatus): void;
  log(sessionId: string, text: string): void;
  lose(sessionId: string): void;
  end(sessionId: string, reason: Extract<SessionEventInput, { type: 'session.ended' }>['reason']): void;
  /** Forgets events before the last `count`, so that older resume tokens find a gap. */
  keepLast(count: number): void;
  list(): readonly RecoverySession[];
  /** @throws {RecoveryError} `not-found` */
  get(sessionId: string): RecoverySession;
  watch(request: SessionWatchRequest, signal: AbortSignal): AsyncGenerator<SessionEventInput, void, undefined>;
}

export function createModelSessions(clock: Clock): ModelSessions {
  const open = new Map<string, RecoverySession>();
  const sequences = new Map<string, number>();
  let events: { readonly position: number; readonly event: SessionEventInput }[] = [];
  let position = 0;
  const waiting = new Set<() => void>();

  const now = (): string => instantAt(clock.now());
  const get = (sessionId: string): RecoverySession => {
    const session = open.get(sessionId);
    if (!session) throw new RecoveryError('not-found', `no session ${sessionId}`);
    return session;
  };
  const append = (session: RecoverySession, event: Unstamped<SessionEventInput>): void => {
    position += 1;
    events.push({ position, event: { ...event, eventId: `event-${position}`, occurredAt: now(), observedAt: now(), sessionId: session.sessionId, device: session.device } as SessionEventInput });
    for (const wake of waiting) wake();
  };
  const nextSequence = (sessionId: string): number => {
    const sequence = (sequences.get(sessionId) ?? 0) + 1;
    sequences.set(sessionId, sequence);
    return sequence;
  };

  return {
    detect(fields) {
      const session: RecoverySession = { source: 'agent', confidence: 'confirmed', bootReason: 'boot-failure', startedAt: now(), lastSeenAt: now(), heartbeatEveryMs: 15_000, ...fields };
      open.set(session.sessionId, session);
      append(session, { type: 'session.detected', session });
      return session;
    },
    heartbeat(sessionId) {
      const session = { ...get(sessionId), lastSeenAt: now() };
      open.set(sessionId, session);
      append(session, { type: 'session.heartbeat', sequence: nextSequence(sessionId) });
    },
    network: (sessionId, network) => append(get(sessionId), { type: 'session.network', network }),
    log: (sessionId, text) => append(get(sessionId), { type: 'session.log', sequence: nextSequence(sessionId), stream: 'agent', text, bytes: Buffer.byteLength(text), truncated: false }),
    lose: (sessionId) => append(get(sessionId), { type: 'session.lost', silentForMs: clock.now() - Date.parse(get(sessionId).lastSeenAt) }),
    end(sessionId, reason) {
      append(get(sessionId), { type: 'session.ended', reason });
      open.delete(sessionId);
    },
    keepLast: (count) => void (events = count === 0 ? [] : events.slice(-count)),
    list: () => [...open.values()],
    get,
    async *watch({ deviceId, resumeToken }, signal) {
      let next = resumeToken === undefined ? 1 : Number(resumeToken) + 1;
      while (!signal.aborted) {
        const oldest = events[0]?.position ?? position + 1;
        if (next < oldest) {
          yield { type: 'stream.gap', eventId: `gap-${next}-${oldest}`, occurredAt: now(), observedAt: now(), reason: `events ${next} to ${oldest - 1} are not kept any more` };
          next = oldest;
        }
        const batch = events.filter((entry) => entry.position >= next);
        for (const { event } of batch) if (deviceId === undefined || ('device' in event && event.device.id === deviceId)) yield event;
        if (batch.length > 0) {
          next = (batch.at(-1)?.position ?? next) + 1;
          yield { type: 'stream.checkpoint', eventId: `checkpoint-${next - 1}`, occurredAt: now(), observedAt: now(), resumeToken: String(next - 1) };
          continue;
        }
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            signal.removeEventListener('abort', wake);
            resolve();
          };
          waiting.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
    },
  };
}
