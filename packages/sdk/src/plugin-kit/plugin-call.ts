import type { CallContext } from '../contract/call-context.ts';
import type { CapabilityId } from '../contract/capability-floors.table.ts';
import type { HostServices } from '../contract/host-services.ts';

/** One call of a do-method, as wrappers see it. */
export interface PluginCall {
  readonly pluginId: string;
  /** From the instance down, such as `restore.policy.doSet`. */
  readonly path: string;
  /** Undefined for `operations.*`, which serve every capability. */
  readonly capability: CapabilityId | undefined;
  /** Without the call context. Intents hold no secrets. */
  readonly arguments: readonly unknown[];
  readonly context: CallContext;
  readonly services: HostServices;
}

/**
 * Goes around every do-method of an instance. `proceed` calls the next wrapper and at last the plug-in; a wrapper may call it once, several times or not at all.
 * A method that yields many values goes through `aroundStream`, every other one through `aroundCall`; what is left out is passed on.
 */
export interface PluginWrapper {
  aroundCall?<Value>(call: PluginCall, proceed: () => Promise<Value>): Promise<Value>;
  aroundStream?<Item>(call: PluginCall, proceed: () => AsyncIterable<Item>): AsyncIterable<Item>;
}
