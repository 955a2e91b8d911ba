import { findDefinition, type DeviceModel } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import type { TreePath } from './loc-uri.ts';

/** Why a value that was just written does not fit the other nodes, or undefined. Only what is written is judged: switching off leaves the rest in place. Pure. */
export function judgeDependencies(model: DeviceModel, state: DeviceState, path: TreePath): string | undefined {
  const definition = findDefinition(model.definitions, path);
  const written = state.nodes[path.uri];
  if (!definition || !written) return undefined;
  const nameOf = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);
  if (definition.needsTrue !== undefined && state.nodes[definition.needsTrue]?.value !== 'true') return `it needs ${nameOf(definition.needsTrue)} to be true`;
  const limit = definition.notAbove === undefined ? undefined : state.nodes[definition.notAbove];
  if (limit && Number(written.value) > Number(limit.value)) return `${written.value} is more than ${nameOf(definition.notAbove ?? '')}, which is ${limit.value}`;
  for (const other of model.definitions) {
    const bound = other.notAbove === path.uri ? state.nodes[other.path] : undefined;
    if (bound && Number(bound.value) > Number(written.value)) return `${written.value} is less than ${nameOf(other.path)}, which is ${bound.value}`;
  }
  return undefined;
}
