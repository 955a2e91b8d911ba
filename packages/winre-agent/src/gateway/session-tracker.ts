import { instantAt, type NetworkStatus, type RecoverySession } from '@winre-kit/sdk';
import type { ChannelEndRequest, HelloStatement } from '../protocol/index.ts';
import type { EventLog, UnstampedEvent } from './event-log.ts';
import type { DeviceRecord, OperationRecord, SessionRecord } from './gateway-records.ts';
import type { GatewayConfig } from './gateway.ts';
import { transact } from './transact.ts';

/** Silence over this many heartbeat intervals makes a session lost. */
const lostAfterHeartbeats = 3;

interface LiveSession {
  record: SessionRecord;
  lastSeenMonotonicMs: number;
  lost: boolean;
  network: string;
}

/** Which devices are in WinRE. One stay is one session: it survives lost connections, restarts of the agent and restarts of the gateway. */
export interface SessionTracker {
  /** Takes up the sessions that were open when the gateway stopped. */
  load(): Promise<void>;
  /** Opens, resumes or ends the session of a device that says hello. Called under the device's lock. */
  hello(device: DeviceRecord, statement: HelloStatement): Promise<string | undefined>;
  seen(deviceId: string, poll: { readonly heartbeat: number; readonly network?: NetworkStatus | undefined }): void;
  log(deviceId: string, chunk: { readonly sequence: number; readonly stream: 'agent' | 'stdout' | 'stderr'; readonly text: string; readonly bytes: number; readonly truncated: boolean }): void;
  announceOperation(operation: OperationRecord): void;
  end(deviceId: string, reason: ChannelEndRequest['reason']): Promise<void>;
  /** Tells which sessions fell silent; ends those that stay so. Returns the devices that must be ended. */
  silent(): readonly string[];
  current(deviceId: string): RecoverySession | undefined;
  list(): readonly RecoverySession[];
  /** A `session.detected` for every open session, with the id it had when it was new. */
  standing(): readonly UnstampedEvent[];
}

export function createSessionTracker(config: Pick<GatewayConfig, 'store' | 'clock' | 'nameDevicesBy'> & { readonly heartbeatEveryMs: number; readonly endSessionAfterMs: number; readonly newId: () => string }, events: EventLog): SessionTracker {
  const { store, clock, heartbeatEveryMs } = config;
  const live = new Map<string, LiveSession>();
  const detected = (session: RecoverySession): UnstampedEvent => ({ type: 'session.detected', eventId: `detected.${session.sessionId}`, occurredAt: session.startedAt, sessionId: session.sessionId, device: session.device, session });
  const of = ({ record: { session } }: LiveSession): Pick<RecoverySession, 'sessionId' | 'device'> => ({ sessionId: session.sessionId, device: session.device });

  const begin = async (device: DeviceRecord, statement: HelloStatement): Promise<string> => {
    const now = instantAt(clock.now());
    const session: RecoverySession = {
      sessionId: config.newId(),
      device: { id: config.nameDevicesBy === 'hardware-id' ? device.hardwareId : device.deviceId, enrolmentEpoch: device.enrolmentEpoch },
      source: 'agent',
      confidence: 'confirmed',
      bootReason: statement.bootReason,
      ...(statement.osBuild !== undefined && { osBuild: statement.osBuild }),
      ...(statement.winreVersion !== undefined && { winreVersion: statement.winreVersion }),
      startedAt: now,
      lastSeenAt: now,
      heartbeatEveryMs,
      abilities: statement.abilities,
      vendor: { '@winre-kit/winre-agent': { deviceId: device.deviceId, hardwareId: device.hardwareId, agentVersion: statement.agentVersion } },
    };
    const record: SessionRecord = { revision: 1, sessionId: session.sessionId, deviceId: device.deviceId, bootId: statement.bootId, session, open: true };
    await transact(store, () => Promise.resolve({ writes: [{ table: 'sessions', record }], result: undefined }));
    live.set(device.deviceId, { record, lastSeenMonotonicMs: clock.monotonicMs(), lost: false, network: '' });
    events.append(detected(session));
    return session.sessionId;
  };

  const end: SessionTracker['end'] = async (deviceId, reason) => {
    const entry = live.get(deviceId);
    if (!entry) return;
    const closed: SessionRecord = { ...entry.record, revision: entry.record.revision + 1, open: false };
    await transact(store, () => Promise.resolve({ writes: [{ table: 'sessions', record: closed }], result: undefined }));
    live.delete(deviceId);
    events.append({ type: 'session.ended', ...of(entry), reason });
  };

  const touch = (entry: LiveSession): void => {
    entry.lastSeenMonotonicMs = clock.monotonicMs();
    entry.lost = false;
    entry.record = { ...entry.record, session: { ...entry.record.session, lastSeenAt: instantAt(clock.now()) } };
  };

  return {
    async load() {
      for (const record of await store.list('sessions', { open: true })) {
        live.set(record.deviceId, { record, lastSeenMonotonicMs: clock.monotonicMs(), lost: false, network: '' });
      }
    },
    async hello(device, statement) {
      const entry = live.get(device.deviceId);
      if (entry) {
        const { bootId, session } = entry.record;
        const sameStay = statement.mode === 'recovery' && session.device.enrolmentEpoch === device.enrolmentEpoch && (bootId === statement.bootId || session.sessionId === statement.resumeSessionId);
        if (sameStay) {
          touch(entry);
          return session.sessionId;
        }
        await end(device.deviceId, statement.mode === 'service' ? 'booted' : 'unknown');
      }
      return statement.mode === 'recovery' ? begin(device, statement) : undefined;
    },
    seen(deviceId, poll) {
      const entry = live.get(deviceId);
      if (!entry) return;
      touch(entry);
      events.append({ type: 'session.heartbeat', ...of(entry), sequence: poll.heartbeat });
      const network = JSON.stringify(poll.network ?? null);
      if (poll.network && network !== entry.network) events.append({ type: 'session.network', ...of(entry), network: poll.network });
      if (poll.network) entry.network = network;
    },
    log(deviceId, { sequence, stream, text, bytes, truncated }) {
      const entry = live.get(deviceId);
      if (entry) events.append({ type: 'session.log', ...of(entry), sequence, stream, text, bytes, truncated });
    },
    announceOperation({ deviceId, operationKey, operationId, report }) {
      const entry = live.get(deviceId);
      if (entry) events.append({ type: 'session.operation', ...of(entry), operationKey, operationId, state: report.state, report });
    },
    end,
    silent() {
      const nowMs = clock.monotonicMs();
      const over: string[] = [];
      for (const [deviceId, entry] of live) {
        const silentForMs = nowMs - entry.lastSeenMonotonicMs;
        if (!entry.lost && silentForMs > lostAfterHeartbeats * heartbeatEveryMs) {
          entry.lost = true;
          events.append({ type: 'session.lost', ...of(entry), silentForMs: Math.round(silentForMs) });
        }
        if (silentForMs > config.endSessionAfterMs) over.push(deviceId);
      }
      return over;
    },
    current: (deviceId) => live.get(deviceId)?.record.session,
    list: () => [...live.values()].map(({ record }) => record.session),
    standing: () => [...live.values()].map(({ record }) => detected(record.session)),
  };
}
