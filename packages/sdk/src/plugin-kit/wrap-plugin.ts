import type { z } from 'zod';
import type { CallContext } from '../contract/call-context.ts';
import type { HostServices } from '../contract/host-services.ts';
import { definePlugin, type PluginDefinition, type PluginInstance } from '../contract/plugin.ts';
import { capabilityOfCall } from './capability-of-call.table.ts';
import type { PluginCall, PluginWrapper } from './plugin-call.ts';

const streamMethods: ReadonlySet<string> = new Set(['doList', 'doListPoints', 'doListOfferings', 'doWatch', 'doRead']);

/**
 * A plug-in whose instances run every do-method inside the wrappers, the first one outermost. Definition, descriptor and life cycle stay as they are.
 *
 * @example
 * const observed = wrapPlugin(examplePlugin, limitCalls(), traceCalls(tracer));
 */
export function wrapPlugin<ConfigSchema extends z.ZodType>(definition: PluginDefinition<ConfigSchema>, ...wrappers: readonly PluginWrapper[]): PluginDefinition<ConfigSchema> {
  return definePlugin({
    ...definition,
    async open(config, services) {
      const instance = await definition.open(config, services);
      return wrapObject(instance, '', (path, methodArguments, invoke) => runWrapped(wrappers, callOf(definition.id, services, path, methodArguments), invoke)) as PluginInstance;
    },
  });
}

type Invoke = () => unknown;
type RunMethod = (path: string, methodArguments: readonly unknown[], invoke: Invoke) => unknown;

function callOf(pluginId: string, services: HostServices, path: string, methodArguments: readonly unknown[]): PluginCall {
  // The call context is the last argument of every do-method.
  return { pluginId, services, path, capability: capabilityOfCall[path], arguments: methodArguments.slice(0, -1), context: methodArguments.at(-1) as CallContext };
}

function runWrapped(wrappers: readonly PluginWrapper[], call: PluginCall, invoke: Invoke): unknown {
  const method = call.path.slice(call.path.lastIndexOf('.') + 1);
  if (streamMethods.has(method)) {
    return wrappers.reduceRight<() => AsyncIterable<unknown>>((proceed, wrapper) => () => wrapper.aroundStream?.(call, proceed) ?? proceed(), invoke as () => AsyncIterable<unknown>)();
  }
  // A method that throws before it returns its promise rejects like any other.
  const invokeAsync = async (): Promise<unknown> => invoke();
  return wrappers.reduceRight<() => Promise<unknown>>((proceed, wrapper) => () => wrapper.aroundCall?.(call, proceed) ?? proceed(), invokeAsync)();
}

/**
 * A view of an instance, facet or policy in which do-methods run wrapped and objects below are views too. It stands before an empty object, not before
 * the original, because a proxy may not change what a frozen original shows.
 */
function wrapObject(original: object, path: string, run: RunMethod): object {
  const views = new Map<PropertyKey, unknown>();
  const viewOf = (name: PropertyKey): unknown => {
    const member: unknown = Reflect.get(original, name);
    if (typeof member === 'function') {
      const invoke = (methodArguments: readonly unknown[]): unknown => Reflect.apply(member, original, methodArguments);
      if (typeof name !== 'string' || !name.startsWith('do')) return (...methodArguments: readonly unknown[]) => invoke(methodArguments);
      return (...methodArguments: readonly unknown[]) => run(`${path}${name}`, methodArguments, () => invoke(methodArguments));
    }
    return typeof member === 'object' && member !== null && typeof name === 'string' ? wrapObject(member, `${path}${name}.`, run) : member;
  };
  const view = (name: PropertyKey): unknown => {
    if (!views.has(name)) views.set(name, viewOf(name));
    return views.get(name);
  };
  return new Proxy({}, {
    get: (_target, name) => view(name),
    has: (_target, name) => Reflect.has(original, name),
    ownKeys: () => Reflect.ownKeys(original),
    getOwnPropertyDescriptor(_target, name) {
      const descriptor = Reflect.getOwnPropertyDescriptor(original, name);
      return descriptor && { configurable: true, enumerable: descriptor.enumerable ?? false, writable: false, value: view(name) };
    },
    set: () => false,
  });
}
