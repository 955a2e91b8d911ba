import type { SessionEvent } from '../../contract/session-event.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Logger, PluginStorage } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { RecoverySession } from '../../schemas/session.ts';
import type { AuditEntryInput } from '../audit/audit-entry.ts';
import { createChangeFeed } from '../operations/change-feed.ts';
import type { OpenedPlugin } from '../plugins/opened-plugin.ts';
import { isAlive, judgeSilence } from './judge-silence.ts';
import { reduceProbe, reduceSessionEvent, reduceSessionList, reduceSilence, type Observation } from './reduce-session-event.ts';
import { noSessions, type SessionChange, type SessionState, type SessionStep } from './session-state.ts';
import type { TrackedSession } from './tracked-session.ts';

export interface SessionRegistryParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly storage: PluginStorage;
  audit(entry: AuditEntryInput): Promise<void>;
  /** Told about every change, after it is in the registry. */
  onChange(change: SessionChange): void;
}

/** The one truth about sessions, fed by following plug-ins. */
export interface SessionRegistry {
  /** Follows until the signal aborts: events from the last resume token on, lists after gaps, probes of silent sessions. */
  follow(plugin: OpenedPlugin, signal: AbortSignal): Promise<void>;
  list(filter?: { readonly pluginId?: string; readonly deviceId?: string }): readonly TrackedSession[];
  get(sessionId: string): TrackedSession | undefined;
  watch(call?: { readonly deviceId?: string; readonly signal?: AbortSignal }): AsyncGenerator<TrackedSession, void>;
}

const auditKinds = { 'session-detected': 'session.detected', 'session-resumed': 'session.resumed', 'session-lost': 'session.lost', 'session-ended': 'session.ended' } as const;
const longestPauseMs = 30_000;

export function createSessionRegistry(parts: SessionRegistryParts): SessionRegistry {
  const { clock, logger } = parts;
  const states = new Map<string, SessionState>();
  const feed = createChangeFeed<TrackedSession>();
  const all = (): TrackedSession[] => [...states.values()].flatMap(({ sessions }) => [...sessions.values()]);

  const apply = async (pluginId: string, reduce: (state: SessionState, seen: Observation) => SessionStep): Promise<readonly SessionChange[]> => {
    const step = reduce(states.get(pluginId) ?? noSessions, { pluginId, monotonicMs: clock.monotonicMs() });
    states.set(pluginId, step.state);
    for (const change of step.changes) {
      if ('session' in change) feed.publish(change.session);
      parts.onChange(change);
      if (!('session' in change) || change.type === 'session-updated') continue;
      const { session, reason } = change.session;
      const { sessionId, device, source, bootReason, osBuild, winreVersion } = session;
      await parts.audit({
        kind: auditKinds[change.type], actor: `plugin:${pluginId}`, subject: { pluginId, deviceId: device.id, sessionId }, message: reason,
        facts: { enrolmentEpoch: device.enrolmentEpoch, source, bootReason, osBuild: osBuild ?? null, winreVersion: winreVersion ?? null, startedAt: session.startedAt },
      });
    }
    return step.changes;
  };

  const relist = async (plugin: OpenedPlugin, signal: AbortSignal): Promise<void> => {
    const listed: RecoverySession[] = [];
    for await (const session of plugin.sessions.list({ signal })) listed.push(session);
    await apply(plugin.id, (state, seen) => reduceSessionList(state, listed, seen));
  };

  const readEvents = async (plugin: OpenedPlugin, signal: AbortSignal, onHeard: () => void): Promise<void> => {
    const tokenKey = `sessions/resume-token/${encodeURIComponent(plugin.id)}`;
    const resumeToken = await parts.storage.get(tokenKey);
    // Sessions that began before the stream are known only from the list.
    await relist(plugin, signal);
    const events: AsyncIterable<SessionEvent> = plugin.sessions.watch(typeof resumeToken === 'string' ? { resumeToken } : {}, { signal });
    for await (const event of events) {
      onHeard();
      for (const change of await apply(plugin.id, (state, seen) => reduceSessionEvent(state, event, seen))) {
        if (change.type === 'stream-gap') await relist(plugin, signal);
        // Stored only now, when every event before it is in the registry.
        if (change.type === 'stream-checkpoint') await parts.storage.set(tokenKey, change.resumeToken);
      }
    }
  };

  const keepReading = async (plugin: OpenedPlugin, signal: AbortSignal): Promise<void> => {
    for (let pauseMs = 500; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await readEvents(plugin, signal, () => void (pauseMs = 250));
      } catch (error) {
        signal.throwIfAborted();
        logger.log('warn', `sessions of plug-in ${plugin.id} cannot be followed now`, { error });
      }
      await clock.sleep(pauseMs, { signal });
    }
  };

  const probe = async (plugin: OpenedPlugin, tracked: TrackedSession, signal: AbortSignal): Promise<void> => {
    const { sessionId } = tracked.session;
    await apply(plugin.id, (state) => reduceSilence(state, sessionId, { state: 'suspected-lost', reason: 'silent over three heartbeat intervals' }));
    const verdict = await plugin.sessions.get(sessionId, { signal }).then(
      (session) => (isAlive(tracked, session) ? session : { state: 'lost' as const, reason: 'silent, and the plug-in has not heard of it either' }),
      (error: unknown) => {
        signal.throwIfAborted();
        const isGone = RecoveryError.isInstance(error) && (error.code === 'not-found' || error.code === 'session-lost');
        return isGone ? { state: 'ended' as const, reason: 'the plug-in does not know it any more' } : { state: 'lost' as const, reason: 'silent, and the plug-in cannot be asked' };
      },
    );
    await apply(plugin.id, (state, seen) => ('sessionId' in verdict ? reduceProbe(state, verdict, seen) : reduceSilence(state, sessionId, verdict)));
  };

  const keepProbing = async (plugin: OpenedPlugin, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const { silent, nextCheckMs } = judgeSilence(states.get(plugin.id)?.sessions.values() ?? [], clock.monotonicMs());
      for (const tracked of silent) await probe(plugin, tracked, signal);
      // New sessions may be due earlier than those known now.
      if (silent.length === 0) await clock.sleep(Math.min(nextCheckMs, 5_000), { signal });
    }
  };

  return {
    async follow(plugin, signal) {
      await Promise.all([keepReading(plugin, signal), keepProbing(plugin, signal)]).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    list: ({ pluginId, deviceId } = {}) => all().filter(({ state, pluginId: of, session }) => state !== 'ended' && (pluginId === undefined || of === pluginId) && (deviceId === undefined || session.device.id === deviceId)),
    get: (sessionId) => all().find(({ session }) => session.sessionId === sessionId),
    async *watch({ deviceId, signal = new AbortController().signal } = {}) {
      const known = all().filter(({ state }) => state !== 'ended');
      for await (const tracked of feed.read(signal, known)) if (deviceId === undefined || tracked.session.device.id === deviceId) yield tracked;
    },
  };
}
