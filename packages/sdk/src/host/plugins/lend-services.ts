import type { JsonValue } from '../../schemas/primitives.ts';
import type { Clock } from '../../contract/clock.ts';
import type { HostServices, HttpClient, IdSource, Limiter, Logger, PluginStorage } from '../../contract/host-services.ts';
import type { PluginManifest } from '../../contract/plugin.ts';
import type { SecretLease, SecretResolver } from '../../contract/secret.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { createHttpClient } from '../services/http-client.ts';
import { createRedactingLogger } from '../services/redacting-logger.ts';
import type { Redactor } from '../services/redactor.ts';

/** What the host can do beyond spec v1's minimum. */
const hostCapabilities: ReadonlySet<string> = new Set(['journal', 'audit-tree', 'signed-approvals', 'session-registry', 'playbooks']);

export interface LentParts {
  readonly pluginId: string;
  readonly manifest: PluginManifest;
  readonly audit: AuditLog;
  readonly secrets: SecretResolver;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly storage: PluginStorage;
  readonly limiter: Limiter;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

/** The services of one plug-in: no host and no secret beyond its manifest, nothing written without redaction. */
export function lendServices(parts: LentParts): HostServices {
  const { pluginId, manifest, audit, redactor, clock, ids, storage, limiter, signal } = parts;
  const outbound = createHttpClient({ fetch: (url, init) => parts.http.fetch(url, init), allowedHosts: manifest.outboundHosts });
  return {
    logger: createRedactingLogger(parts.logger, redactor, { plugin: pluginId }),
    secrets: {
      async resolve(ref, call) {
        requireListedSecret(manifest, pluginId, ref.secret);
        return learnedLease(await parts.secrets.resolve(ref, call), redactor);
      },
    },
    http: {
      fetch: (url, init) => outbound.fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
    },
    clock, ids, storage, limiter, signal, hostCapabilities,
    audit: {
      async note(message: string, facts: Readonly<Record<string, JsonValue>>) {
        await audit.append({ kind: 'plugin.note', actor: `plugin:${pluginId}`, subject: { pluginId }, message: redactor.redactText(message), facts: { ...redactor.redactValue(facts) } });
      },
    },
  };
}

/** @throws {RecoveryError} `permission-denied` */
export function requireListedSecret(manifest: PluginManifest, pluginId: string, name: string): void {
  if (!manifest.secrets.includes(name)) throw new RecoveryError('permission-denied', `secret ${name} is not in the manifest of plug-in ${pluginId}: list it there to let the plug-in use it`, { facts: { secret: name } });
}

/** Lets the redactor learn a value before anybody else sees it, at every renewal too. */
export function learnedLease(lease: SecretLease, redactor: Redactor): SecretLease {
  redactor.learn(lease.value.reveal());
  return {
    get value() {
      return lease.value;
    },
    expiresAt: lease.expiresAt,
    renew: async (call) => learnedLease(await lease.renew(call), redactor),
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  };
}
