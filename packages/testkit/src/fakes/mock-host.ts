import { RecoveryError, type HostServices, type HttpClient, type JsonValue, type LogLevel, type PluginManifest } from '@winre-kit/sdk';
import { createFetchWithTrust } from './fetch-with-trust.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts';
import { createMockSecrets, type MockSecret, type MockSecrets } from './mock-secrets.ts';
import { createRecordingHttp, type RecordedRequest } from './recording-http.ts';
import { createSequentialIds } from './sequential-ids.ts';

/** What the double is made of; everything has a default. */
export interface MockHostSettings {
  readonly clock?: ManualClock;
  readonly secrets?: Readonly<Record<string, MockSecret>>;
  /** Answers the plug-in's requests. Without it requests go out for real, trusting `trustedCertificatesPem`. */
  readonly fetch?: HttpClient['fetch'];
  readonly trustedCertificatesPem?: string;
  /** When given, other hosts and secrets are refused, as the real host does. */
  readonly manifest?: Pick<PluginManifest, 'outboundHosts' | 'secrets'>;
  readonly storage?: Readonly<Record<string, JsonValue>>;
  readonly hostCapabilities?: Iterable<string>;
  /** Replace single services; what is replaced is not recorded. */
  readonly overrides?: Partial<HostServices>;
}

/** One line that was logged. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A host in memory: its services work, everything asked of them is recorded, and each can be replaced. */
export interface MockHost {
  readonly services: HostServices;
  readonly clock: ManualClock;
  readonly secrets: MockSecrets;
  readonly storage: MemoryStorage;
  readonly logs: readonly LogRecord[];
  readonly auditNotes: readonly { readonly message: string; readonly facts: Readonly<Record<string, JsonValue>> }[];
  readonly requests: readonly RecordedRequest[];
  readonly limiterTakes: readonly { readonly capability: string; readonly cost: number }[];
  /** Aborts `services.signal`, as closing the instance for good does. */
  close(): void;
}

/**
 * A complete double of `HostServices` for plug-in tests.
 *
 * @example
 * const host = createMockHost({ secrets: { token: 'canary' }, fetch: answerFromFixtures });
 * const instance = await myPlugin.open(config, host.services);
 */
export function createMockHost(settings: MockHostSettings = {}): MockHost {
  const clock = settings.clock ?? createManualClock();
  const secrets = createMockSecrets(settings.secrets ?? {}, clock, settings.manifest?.secrets);
  const storage = createMemoryStorage(settings.storage);
  const http = createRecordingHttp(settings.fetch ?? createFetchWithTrust(settings.trustedCertificatesPem), settings.manifest?.outboundHosts);
  const logs: LogRecord[] = [];
  const auditNotes: { message: string; facts: Readonly<Record<string, JsonValue>> }[] = [];
  const limiterTakes: { capability: string; cost: number }[] = [];
  const closing = new AbortController();
  const services: HostServices = {
    logger: { log: (level, message, fields = {}) => void logs.push({ level, message, fields }) },
    secrets,
    http,
    clock,
    ids: createSequentialIds(),
    storage,
    limiter: {
      take(capability, cost, { signal }) {
        if (signal.aborted) return Promise.reject(signal.reason as Error);
        limiterTakes.push({ capability, cost });
        return Promise.resolve();
      },
    },
    audit: {
      note(message, facts) {
        auditNotes.push({ message, facts });
        return Promise.resolve();
      },
    },
    signal: closing.signal,
    hostCapabilities: new Set(settings.hostCapabilities),
    ...settings.overrides,
  };
  return {
    services, clock, secrets, storage, logs, auditNotes, requests: http.requests, limiterTakes,
    close: () => closing.abort(new RecoveryError('cancelled', 'the plug-in instance is closed')),
  };
}
