import type { HttpClient } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';

/** What an HTTP client is built on, and what it may reach. */
export interface HttpClientOptions {
  /** The platform's `fetch` when left out; bring one of your own for a private CA or a proxy. */
  readonly fetch?: HttpClient['fetch'];
  /** `name` or `name:port`. Every host when left out. */
  readonly allowedHosts?: readonly string[];
}

/**
 * An HTTP client that reaches only the listed hosts, over `http:` and `https:`.
 * Redirects are returned to the caller instead of being followed, so that none leads past the list.
 */
export function createHttpClient({ fetch = (url, init) => globalThis.fetch(url, init), allowedHosts }: HttpClientOptions = {}): HttpClient {
  return {
    async fetch(url, init) {
      const target = URL.canParse(url.toString()) ? new URL(url) : undefined;
      if (!target || (target.protocol !== 'https:' && target.protocol !== 'http:')) throw new RecoveryError('invalid-argument', 'expected an absolute http or https URL', { fieldPath: 'url' });
      if (allowedHosts && !allowedHosts.includes(target.host) && !allowedHosts.includes(target.hostname)) {
        throw new RecoveryError('permission-denied', `host ${target.host} is not listed: add it to outboundHosts of the plug-in's manifest`, { facts: { host: target.host } });
      }
      return fetch(target, { redirect: 'manual', ...init, ...(init?.redirect === 'follow' ? { redirect: 'manual' as const } : {}) });
    },
  };
}
