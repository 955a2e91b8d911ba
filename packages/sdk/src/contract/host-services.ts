import type { Clock } from './clock.ts';
import type { SecretResolver } from './secret.ts';
import type { JsonValue } from '../schemas/primitives.ts';

/** How much a line matters, least first. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Structured log. The host redacts known secrets before anything is written, but a plug-in must not log any. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** HTTP as lent by the host: limited to the hosts in the plug-in's manifest, traced, counted against quotas, redacted in logs. */
export interface HttpClient {
  /** Like `fetch`. @throws {RecoveryError} `permission-denied` for a host that the manifest does not list */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
}

/** Small durable store, one name space per plug-in and configuration. Values up to 64 KiB. No secrets. */
export interface PluginStorage {
  get(key: string): Promise<JsonValue | undefined>;
  set(key: string, value: JsonValue): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Takes `cost` from the budget of a capability, waiting when the window is used up. */
export interface Limiter {
  /** @throws {RecoveryError} `resource-exhausted` when the daily quota is used up; the signal's reason when aborted */
  take(capability: string, cost: number, call: { readonly signal: AbortSignal }): Promise<void>;
}

/** Unique ids from outside, so that tests own them. */
export interface IdSource {
  next(kind: string): string;
}

/** Everything a plug-in may use, lent at `open`. There are no globals, so a mock host is complete. */
export interface HostServices {
  readonly logger: Logger;
  readonly secrets: SecretResolver;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly storage: PluginStorage;
  readonly limiter: Limiter;
  readonly audit: { note(message: string, facts: Readonly<Record<string, JsonValue>>): Promise<void> };
  /** Aborted when the instance is closed for good. */
  readonly signal: AbortSignal;
  /** What the host can do, so that nobody looks at version numbers. */
  readonly hostCapabilities: ReadonlySet<string>;
}
