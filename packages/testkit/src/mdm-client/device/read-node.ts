import { existsNode, type DeviceModel } from './device-model.ts';
import type { DeviceState, NodeValue } from './device-state.ts';
import { hideWlanKey } from './hide-wlan-key.ts';
import type { TreePath } from './loc-uri.ts';
import type { NodeDefinition } from './node-definition.ts';

/** What a Get of a node gives: the value of a leaf, or the escaped names of the children joined by `/`. Undefined when there is no such node. Pure. */
export function readNode(model: DeviceModel, state: DeviceState, path: TreePath, definition: NodeDefinition): NodeValue | undefined {
  if (!existsNode(model, state, path)) return undefined;
  if (definition.format !== 'node') {
    const value = state.nodes[path.uri];
    return value && definition.content === 'wlan-profile' ? { ...value, value: hideWlanKey(value.value) } : value;
  }
  const prefix = `${path.uri}/`;
  const permanent = model.definitions.filter(({ isPermanent }) => isPermanent).map((known) => known.path);
  const names = [...Object.keys(state.nodes), ...permanent].filter((uri) => uri.startsWith(prefix)).map((uri) => uri.slice(prefix.length).split('/')[0] ?? '');
  return { format: 'node', value: [...new Set(names)].toSorted().join('/') };
}
