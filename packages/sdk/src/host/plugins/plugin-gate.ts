import { z } from 'zod';
import { claimOf, type CapabilityDescriptor, type ClaimedCapability } from '../../contract/capability-descriptor.ts';
import type { CallContext } from '../../contract/call-context.ts';
import type { CapabilityId } from '../../contract/capability-floors.table.ts';
import type { Clock } from '../../contract/clock.ts';
import type { IdSource, Limiter } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { HostCall } from '../call-options.ts';
import type { Redactor } from '../services/redactor.ts';
import type { CallObserver } from '../services/observe-call.ts';
import { boundedSignal, waitFor } from './bounded-wait.ts';
import { parseReply } from './parse-reply.ts';
import { translateError } from './translate-error.ts';

export interface PluginGateParts {
  readonly descriptor: CapabilityDescriptor;
  readonly previewOptIn: readonly CapabilityId[];
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly redactor: Redactor;
  readonly observer: CallObserver;
}

interface GatedCall<Schema extends z.ZodType> {
  /** Undefined for what every plug-in has. */
  readonly capability: CapabilityId | undefined;
  readonly verb: string;
  readonly reply: Schema;
  readonly options: HostCall | undefined;
  /** `admit` has taken the quota already. */
  readonly admitted?: boolean;
}

/** The one door into a plug-in: every call is claimed, counted, traced, bounded in time, parsed, redacted, and its errors translated. */
export interface PluginGate {
  call<Schema extends z.ZodType>(call: GatedCall<Schema>, run: (context: CallContext) => Promise<unknown>): Promise<z.output<Schema>>;
  stream<Schema extends z.ZodType>(call: GatedCall<Schema>, run: (context: CallContext) => AsyncIterable<unknown>): AsyncIterable<z.output<Schema>>;
  /** Checks the claim and takes the quota of one call that comes later. */
  admit(capability: CapabilityId, options: HostCall | undefined): Promise<void>;
  /** No new calls; resolves when none is running any more. */
  drain(): Promise<void>;
  /** No new calls, and those running are abandoned. */
  close(): void;
}

export function createPluginGate(parts: PluginGateParts): PluginGate {
  const { descriptor, clock, redactor, observer } = parts;
  const closing = new AbortController();
  let draining = false;
  let running = 0;
  const idle = new Set<() => void>();

  const enter = (capability: CapabilityId | undefined): void => {
    if (draining) throw new RecoveryError('cancelled', `plug-in ${descriptor.plugin} is closed: open it again`);
    if (capability) requireClaim(descriptor, capability, parts.previewOptIn);
    running += 1;
  };
  const leave = (): void => {
    running -= 1;
    if (running === 0) for (const wake of idle) wake();
  };
  const begin = ({ capability, verb, options }: GatedCall<z.ZodType>): { context: CallContext; what: string; end: (error?: unknown) => unknown } => {
    const what = `plug-in ${descriptor.plugin}, ${capability ?? 'plug-in'} ${verb}`;
    const correlationId = options?.correlationId ?? parts.ids.next('correlation');
    const observation = observer.begin({ plugin: descriptor.plugin, capability: capability ?? 'winre.plugin', verb, correlationId });
    const bound = boundedSignal(clock, [options?.signal, closing.signal], options?.deadlineMs, what);
    const context: CallContext = { signal: bound.signal, correlationId, ...(options?.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }) };
    return {
      context,
      what,
      end(error) {
        const translated = error === undefined ? undefined : translateError(error, { what, correlationId, signal: bound.signal, redactor });
        observation.end(translated);
        bound[Symbol.dispose]();
        leave();
        return translated;
      },
    };
  };
  const take = async ({ capability, admitted }: GatedCall<z.ZodType>, context: CallContext): Promise<void> => {
    context.signal.throwIfAborted();
    if (capability && !admitted) await parts.limiter.take(capability, 1, { signal: context.signal });
  };

  return {
    async call(call, run) {
      enter(call.capability);
      const { context, what, end } = begin(call);
      try {
        await take(call, context);
        const reply = parseReply(call.reply, await waitFor(run(context), context.signal), what);
        end();
        return redactor.redactValue(reply);
      } catch (error) {
        throw end(error);
      }
    },
    async admit(capability, options) {
      const call = { capability, verb: 'admit', reply: z.undefined(), options };
      enter(capability);
      const { context, end } = begin(call);
      try {
        await take(call, context);
        end();
      } catch (error) {
        throw end(error);
      }
    },
    async *stream(call, run) {
      enter(call.capability);
      const { context, what, end } = begin(call);
      let failed = false;
      let items: AsyncIterator<unknown> | undefined;
      try {
        await take(call, context);
        items = run(context)[Symbol.asyncIterator]();
        for (;;) {
          const item = await waitFor(items.next(), context.signal);
          if (item.done) return;
          yield redactor.redactValue(parseReply(call.reply, item.value, what));
        }
      } catch (error) {
        failed = true;
        throw end(error);
      } finally {
        // A plug-in that ignores its signal must not hold up whoever stopped waiting.
        const finished = Promise.resolve(items?.return?.()).catch(() => {});
        if (!failed) {
          if (!context.signal.aborted) await finished;
          end();
        }
      }
    },
    async drain() {
      draining = true;
      if (running > 0) await new Promise<void>((resolve) => idle.add(resolve));
    },
    close() {
      draining = true;
      closing.abort(new RecoveryError('cancelled', `plug-in ${descriptor.plugin} was closed`));
    },
  };
}

/** @throws {RecoveryError} `unsupported` with the plug-in's reason */
export function requireClaim(descriptor: CapabilityDescriptor, capability: CapabilityId, previewOptIn: readonly CapabilityId[]): ClaimedCapability {
  const claim = claimOf(descriptor, capability);
  const listed = descriptor.capabilities[capability];
  if (!claim) throw new RecoveryError('unsupported', `plug-in ${descriptor.plugin} does not offer ${capability}: ${listed?.reason ?? 'it does not know it'}`, { facts: { capability } });
  if (claim.level === 'preview' && !previewOptIn.includes(capability)) {
    throw new RecoveryError('unsupported', `${capability} of plug-in ${descriptor.plugin} is a preview: add it to previewOptIn to use it`, { facts: { capability } });
  }
  return claim;
}
