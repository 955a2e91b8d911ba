import type { FleetDevice } from './enrol-fleet.ts';
import { forgetPeak, readServerEffort } from './server-effort.ts';

/** What came of the whole fleet checking in at the same moment. */
export interface Wave {
  readonly name: string;
  readonly sessions: number;
  /** From the first session's start to the last one's end. */
  readonly seconds: number;
  /** How long single sessions took, connecting and waiting included. */
  readonly sessionMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Messages of clients, all sessions together. */
  readonly messages: number;
  /** One line for each session that failed or in which the server broke a rule. */
  readonly errors: readonly string[];
  readonly serverCpuSeconds: number | undefined;
  readonly serverPeakBytes: number | undefined;
  readonly clientCpuSeconds: number;
  /** By hardware id, of sessions that came to their end. */
  readonly sessionIds: ReadonlyMap<string, string>;
}

/** Starts a session of every device at once, and waits for all. */
export async function checkInWave(name: string, fleet: readonly FleetDevice[], serverPid: number): Promise<Wave> {
  forgetPeak(serverPid);
  const before = readServerEffort(serverPid);
  const clientBefore = process.cpuUsage();
  const startedMs = performance.now();
  const sessions = await Promise.all(fleet.map(holdSession));
  const seconds = (performance.now() - startedMs) / 1000;
  const client = process.cpuUsage(clientBefore);
  const after = readServerEffort(serverPid);
  const lengths = sessions.map(({ ms }) => ms).toSorted((one, other) => one - other);
  return {
    name, seconds, sessions: fleet.length,
    sessionMs: { p50: quantile(lengths, 0.5), p99: quantile(lengths, 0.99), max: quantile(lengths, 1) },
    messages: sessions.reduce((sum, session) => sum + session.messages, 0),
    errors: sessions.flatMap(({ error }) => error ?? []),
    serverCpuSeconds: before.cpuSeconds === undefined || after.cpuSeconds === undefined ? undefined : after.cpuSeconds - before.cpuSeconds,
    serverPeakBytes: after.peakBytes,
    clientCpuSeconds: (client.user + client.system) / 1e6,
    sessionIds: new Map(sessions.flatMap(({ hardwareId, sessionId }) => (sessionId === undefined ? [] : [[hardwareId, sessionId] as const]))),
  };
}

interface HeldSession {
  readonly hardwareId: string;
  readonly ms: number;
  readonly messages: number;
  readonly sessionId?: string;
  readonly error?: string;
}

/** Keeps numbers only: the transcripts of a thousand sessions would be most of the bench's memory. */
async function holdSession({ hardwareId, kind, client }: FleetDevice): Promise<HeldSession> {
  const startedMs = performance.now();
  try {
    const { sessionId, ending, violations, transcript } = await client.sync();
    const ms = performance.now() - startedMs;
    const messages = transcript.filter(({ from }) => from === 'client').length;
    const isWell = ending === 'completed' && violations.length === 0;
    return { hardwareId, ms, messages, sessionId, ...(!isWell && { error: `${hardwareId} (${kind.name}): ${ending} ${violations.join('; ')}` }) };
  } catch (error) {
    const { message, cause } = error as Error;
    return { hardwareId, ms: performance.now() - startedMs, messages: 0, error: `${hardwareId} (${kind.name}): ${message}${cause instanceof Error ? `: ${cause.message}` : ''}` };
  }
}

/** The smallest value that this part of all values does not exceed. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
