import type { CapabilityId } from '../contract/capability-floors.table.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import type { PluginCall, PluginWrapper } from './plugin-call.ts';

/** One call as it is written down. */
export interface CallRecord {
  readonly path: string;
  readonly capability: CapabilityId | undefined;
  readonly correlationId: string;
  readonly arguments: readonly unknown[];
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** `stopped`: the reader of a stream left before its end. */
  readonly outcome: 'returned' | 'threw' | 'stopped';
  /** The error's code, when it is one of the contract. */
  readonly errorCode?: string;
  /** How many items a stream yielded. */
  readonly items?: number;
}

/** Hands one record per finished call to `keep`, in the order in which calls finish. */
export function recordCalls(keep: (record: CallRecord) => void): PluginWrapper {
  const begin = (call: PluginCall): ((outcome: CallRecord['outcome'], more?: { readonly error?: unknown; readonly items?: number }) => void) => {
    const { clock } = call.services;
    const startedAtMs = clock.now();
    const startedMs = clock.monotonicMs();
    return (outcome, { error, items } = {}) => keep({
      path: call.path,
      capability: call.capability,
      correlationId: call.context.correlationId,
      arguments: call.arguments,
      startedAtMs,
      durationMs: clock.monotonicMs() - startedMs,
      outcome,
      ...(RecoveryError.isInstance(error) ? { errorCode: error.code } : {}),
      ...(items === undefined ? {} : { items }),
    });
  };
  return {
    async aroundCall(call, proceed) {
      const finish = begin(call);
      try {
        const value = await proceed();
        finish('returned');
        return value;
      } catch (error) {
        finish('threw', { error });
        throw error;
      }
    },
    async *aroundStream(call, proceed) {
      const finish = begin(call);
      let items = 0;
      let end: [CallRecord['outcome'], unknown?] = ['stopped'];
      try {
        for await (const item of proceed()) {
          items += 1;
          yield item;
        }
        end = ['returned'];
      } catch (error) {
        end = ['threw', error];
        throw error;
      } finally {
        finish(end[0], { error: end[1], items });
      }
    },
  };
}
