import type { PluginCall, PluginWrapper } from './plugin-call.ts';

/** What shall go wrong with one call. */
export type CallFault =
  /** Fails and never reaches the plug-in. */
  | { readonly kind: 'throw-before'; readonly error: unknown }
  /** The plug-in does its work, then the answer is lost; a stream breaks off after `afterItems` (default 0). */
  | { readonly kind: 'throw-after'; readonly error: unknown; readonly afterItems?: number }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The plug-in gets the call twice, one after the other; the second answer counts. A stream yields every item twice. */
  | { readonly kind: 'duplicate' };

/** Breaks the calls that `choose` picks, for tests of hosts and plug-ins. */
export function injectFaults(choose: (call: PluginCall) => CallFault | undefined): PluginWrapper {
  return {
    async aroundCall(call, proceed) {
      const fault = choose(call);
      if (fault?.kind === 'throw-before') throw fault.error;
      if (fault?.kind === 'delay') await call.services.clock.sleep(fault.delayMs, { signal: call.context.signal });
      if (fault?.kind === 'duplicate') await proceed();
      const value = await proceed();
      if (fault?.kind === 'throw-after') throw fault.error;
      return value;
    },
    async *aroundStream(call, proceed) {
      const fault = choose(call);
      if (fault?.kind === 'throw-before') throw fault.error;
      if (fault?.kind === 'delay') await call.services.clock.sleep(fault.delayMs, { signal: call.context.signal });
      let items = 0;
      for await (const item of proceed()) {
        if (fault?.kind === 'throw-after' && items === (fault.afterItems ?? 0)) throw fault.error;
        items += 1;
        yield item;
        if (fault?.kind === 'duplicate') yield item;
      }
      if (fault?.kind === 'throw-after') throw fault.error;
    },
  };
}
