import type { z } from 'zod';
import { descriptorHashOf } from '../../contract/capability-descriptor.ts';
import { describePlugin, type PluginDefinition, type PluginInstance } from '../../contract/plugin.ts';
import { negotiateSpecVersion } from '../../contract/spec-version.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { HostCall } from '../call-options.ts';
import type { HostOptions } from '../host.ts';
import { nameSpaceOf } from '../services/name-space.ts';
import type { CallObserver } from '../services/observe-call.ts';
import type { Redactor } from '../services/redactor.ts';
import { boundedSignal, waitFor } from './bounded-wait.ts';
import { connectInstance } from './connect-instance.ts';
import { judgeFacets } from './judge-facets.ts';
import { lendServices } from './lend-services.ts';
import { createLimiter } from './limiter.ts';
import type { PluginConnection } from './plugin-connection.ts';
import { createPluginGate } from './plugin-gate.ts';
import { translateError } from './translate-error.ts';

export interface OpenPluginParts {
  readonly options: HostOptions;
  readonly redactor: Redactor;
  readonly observer: CallObserver;
  /** Called once, when the plug-in is closed. */
  onClosed(): Promise<void>;
}

/** Negotiates the version, parses the config, enforces the manifest, validates, opens, and checks what came out. */
export async function connectPlugin<ConfigSchema extends z.ZodType>(definition: PluginDefinition<ConfigSchema>, config: unknown, call: HostCall, parts: OpenPluginParts): Promise<PluginConnection> {
  const { options, redactor } = parts;
  const { id } = definition;
  const specVersion = negotiateSpecVersion(id, [definition.specVersion], options.supportedSpecVersions);
  const settings = parseOrThrow(definition.configSchema, config, `config of plug-in ${id}`, 'invalid-config');
  const manifest = structuredClone(definition.manifest(settings));
  const descriptor = describePlugin(definition, settings);
  const descriptorHash = await descriptorHashOf(descriptor);
  const closing = new AbortController();
  const storage = nameSpaceOf(options.storage, id);
  const limiter = createLimiter({ descriptor, clock: options.clock, storage: nameSpaceOf(options.storage, `host:${id}`) });
  const { audit, secrets, http, clock, ids, logger } = options;
  const services = lendServices({ pluginId: id, manifest, audit, secrets, http, clock, ids, logger, storage, limiter, redactor, signal: closing.signal });

  const instance = await guarded(`plug-in ${id}, open`, call, parts, async () => {
    await definition.validateConfig(settings, services);
    const opened = await definition.open(settings, services);
    const problems = judgeFacets(opened, descriptor);
    if (problems.length === 0) return opened;
    await opened[Symbol.asyncDispose]();
    throw new RecoveryError('internal', `plug-in ${id} does not match its descriptor: ${problems.join('; ')}`, { facts: { problems } });
  }).catch((error: unknown) => {
    closing.abort(new RecoveryError('cancelled', `plug-in ${id} was not opened`));
    throw error;
  });

  const gate = createPluginGate({ descriptor, previewOptIn: options.previewOptIn ?? [], limiter, clock, ids, redactor, observer: parts.observer });
  const drain = async (deadlineMs: number): Promise<void> => {
    using bound = boundedSignal(clock, [], deadlineMs, `plug-in ${id}, drain`);
    // Whoever is still running at the deadline is abandoned by close.
    await waitFor(gate.drain(), bound.signal).catch(() => {});
    await instance.drain(deadlineMs);
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      gate.close();
      await parts.onClosed();
      try {
        await instance[Symbol.asyncDispose]();
      } finally {
        closing.abort(new RecoveryError('cancelled', `plug-in ${id} is closed`));
      }
    })();
    return closed;
  };
  return connectInstance({ definition, specVersion, descriptor, descriptorHash, manifest, instance, gate, audit, drain, close });
}

async function guarded(what: string, call: HostCall, { options, redactor }: OpenPluginParts, open: () => Promise<PluginInstance>): Promise<PluginInstance> {
  using bound = boundedSignal(options.clock, [call.signal], call.deadlineMs, what);
  const opening = open();
  try {
    return await waitFor(opening, bound.signal);
  } catch (error) {
    // Abandoned while it was opening: close it as soon as it is there.
    if (bound.signal.aborted) opening.then((instance) => instance[Symbol.asyncDispose](), () => {}).catch(() => {});
    throw translateError(error, { what, correlationId: call.correlationId ?? options.ids.next('correlation'), signal: bound.signal, redactor });
  }
}
