import type { PluginCall, PluginWrapper } from './plugin-call.ts';

/** What calls that belong to no single capability are counted under. */
const sharedBudget = 'winre.operations';

/** Takes from the host's limiter before each call; `costOf` says how much, 1 by default. A stream costs once, when it is first read. */
export function limitCalls(costOf: (call: PluginCall) => number = () => 1): PluginWrapper {
  const take = (call: PluginCall): Promise<void> => call.services.limiter.take(call.capability ?? sharedBudget, costOf(call), { signal: call.context.signal });
  return {
    async aroundCall(call, proceed) {
      await take(call);
      return proceed();
    },
    async *aroundStream(call, proceed) {
      await take(call);
      yield* proceed();
    },
  };
}
