import type { z } from 'zod';
import { RecoveryError } from '../errors/recovery-error.ts';
import { pluginIdSchema } from '../schemas/primitives.ts';
import type { DeviceBinding } from '../schemas/device.ts';
import type { RecoveryAbilities } from '../schemas/session.ts';
import type { CallContext } from './call-context.ts';
import { sealDescriptor, type CapabilityDescriptor, type CapabilityDescriptorInput } from './capability-descriptor.ts';
import type {
  ArtifactsFacet, DevicesFacet, NetworkFacet, OperationsFacet, OperationVerb, RebuildFacet, RecoveryKeysFacet, RemediationFacet, RestoreFacet, SessionsFacet,
} from './facets.ts';
import type { HostServices } from './host-services.ts';

/** What a plug-in touches for one configuration, told before it is opened, so that an administrator can read it and the host can enforce it. */
export interface PluginManifest {
  /** `name` or `name:port` of every outbound request; the lent HTTP client refuses any other. */
  readonly outboundHosts: readonly string[];
  /** Names of the secrets it resolves; the host refuses any other. */
  readonly secrets: readonly string[];
  /** Permission scopes or roles at the vendor. */
  readonly scopes: readonly string[];
}

/** The result of looking at the tenant. Writes nothing. */
export interface ProbeReport {
  readonly state: 'ready' | 'starting' | 'degraded' | 'failed';
  readonly checks: readonly { readonly id: string; readonly passed: boolean; readonly detail: string }[];
  readonly observedAt: string;
  readonly nextProbeAfterMs?: number;
}

/** What one device can do, beside what the plug-in can. */
export interface DeviceCapabilities {
  readonly abilities: RecoveryAbilities | undefined;
  /** Capabilities this device lacks, with the reason. */
  readonly unavailable: Readonly<Record<string, string>>;
}

/**
 * An opened plug-in. A facet is present exactly when one of its capabilities is claimed.
 *
 * Two instances share nothing. After `drain` and `Symbol.asyncDispose` no timer, socket or handle remains, and calls fail with `cancelled`; both may be called twice.
 */
export interface PluginInstance extends AsyncDisposable {
  probe(call: CallContext): Promise<ProbeReport>;
  capabilitiesFor(device: DeviceBinding, call: CallContext): Promise<DeviceCapabilities>;
  readonly devices?: DevicesFacet;
  readonly sessions?: SessionsFacet;
  readonly scripts?: OperationVerb<'winre.script.push'>;
  readonly packages?: OperationVerb<'winre.package.push'>;
  readonly network?: NetworkFacet;
  readonly restore?: RestoreFacet;
  readonly rebuild?: RebuildFacet;
  readonly remediation?: RemediationFacet;
  readonly recoveryKeys?: RecoveryKeysFacet;
  readonly artifacts?: ArtifactsFacet;
  readonly operations: OperationsFacet;
  /** Takes no new work, waits for running calls until the deadline (milliseconds since 1970). Started operations go on at the vendor. */
  drain(deadlineMs: number): Promise<void>;
}

/**
 * A plug-in: what it is called, what it needs, what it can do, and how to open it. Defining one does no I/O and reads nothing.
 *
 * @typeParam ConfigSchema a strict zod object; secrets in it are `SecretRef`s only
 */
export interface PluginDefinition<ConfigSchema extends z.ZodType = z.ZodType> {
  /** npm name or reverse DNS name; stable for ever. */
  readonly id: string;
  /** Spec versions the plug-in speaks; the highest one in common with the host is used. */
  readonly specVersion: 'v1';
  /** The plug-in's own version. */
  readonly version: string;
  readonly displayName: string;
  readonly configSchema: ConfigSchema;
  /** A pure function of the configuration. */
  manifest(config: z.output<ConfigSchema>): PluginManifest;
  /** A pure function of the configuration. */
  describe(config: z.output<ConfigSchema>): CapabilityDescriptorInput;
  /** Asks the tenant whether the configuration works: credentials, scopes, licence. @throws {RecoveryError} saying which field to change */
  validateConfig(config: z.output<ConfigSchema>, services: HostServices): Promise<void>;
  open(config: z.output<ConfigSchema>, services: HostServices): Promise<PluginInstance>;
}

/**
 * Checks a definition where it is written and returns it unchanged.
 *
 * @example
 * export const examplePlugin = definePlugin({ id: 'example-plugin', specVersion: 'v1', ... });
 *
 * @throws {RecoveryError} `invalid-argument` for a malformed id
 */
export function definePlugin<ConfigSchema extends z.ZodType>(definition: PluginDefinition<ConfigSchema>): PluginDefinition<ConfigSchema> {
  const id = pluginIdSchema.safeParse(definition.id);
  if (!id.success) throw new RecoveryError('invalid-argument', `plug-in id ${JSON.stringify(definition.id)}: ${id.error.issues[0]?.message ?? 'not valid'}`, { fieldPath: 'id' });
  return Object.freeze({ ...definition });
}

/** The sealed descriptor of a plug-in for one configuration: parsed, floors checked, frozen. */
export function describePlugin<ConfigSchema extends z.ZodType>(definition: PluginDefinition<ConfigSchema>, config: z.output<ConfigSchema>): CapabilityDescriptor {
  const descriptor = sealDescriptor(definition.describe(config));
  if (descriptor.plugin !== definition.id) throw new RecoveryError('invalid-config', `the descriptor names plug-in ${descriptor.plugin}, the definition ${definition.id}`, { fieldPath: 'plugin' });
  return descriptor;
}
