import type { CommandItem, TreeVerb } from '../syncml/server-command.ts';
import { meetFault } from './device-fault.ts';
import { ancestorsOf, existsNode, findDefinition, type DeviceModel } from './device-model.ts';
import type { DeviceState, NodeValue } from './device-state.ts';
import { judgeDependencies } from './judge-dependencies.ts';
import { judgeValue, type Refusal } from './judge-value.ts';
import { readLocUri, type TreePath } from './loc-uri.ts';
import type { NodeDefinition } from './node-definition.ts';
import { readNode } from './read-node.ts';
import { refusals } from './refusals.table.ts';

/** What became of one item of a command. On refusal the nodes are those from before. */
export interface ItemOutcome {
  readonly state: DeviceState;
  readonly status: number;
  /** Why it was refused, for people. */
  readonly reason?: string;
  /** Where it was aimed, when the address could be read. */
  readonly path?: TreePath;
  readonly found?: NodeValue;
}

export interface ItemContext {
  readonly isInAtomic: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Runs one verb on one node. Inside Atomic dependencies are left to its end, when all values are there. Pure. */
export function runItem(model: DeviceModel, before: DeviceState, verb: TreeVerb, item: CommandItem, context: ItemContext): ItemOutcome {
  const place = readLocUri(item.targetUri ?? '');
  if (!('path' in place)) return refused(before, place);
  const { path } = place;
  const { faults, status, reason } = meetFault(before.faults, verb, path.uri);
  const state = { ...before, faults };
  if (status !== undefined) return { state, status, path, ...(reason === undefined ? {} : { reason }) };
  const definition = findDefinition(model.definitions, path);
  if (!definition) {
    if (findDefinition(model.absent, path)) return { state, status: model.absentNodeStatus, path, reason: 'this build of Windows does not have the node' };
    return refused(state, { refusal: 'no-such-node', reason: 'Windows has no such node' }, path);
  }
  if (!definition.access.includes(verb)) return refused(state, { refusal: 'not-allowed', reason: `the node allows ${definition.access.join(', ')}` }, path);
  if (verb === 'Get') {
    const found = readNode(model, state, path, definition);
    return found ? { state, status: 200, path, found } : refused(state, { refusal: 'no-such-node', reason: 'the node is not set' }, path);
  }
  if (verb === 'Exec') return runExec(model, state, path, item, context);
  const needsAtomic = ancestorsOf(path).some((above) => findDefinition(model.definitions, above)?.isAtomicRequired);
  if (needsAtomic && !context.isInAtomic) return refused(state, { refusal: 'outside-atomic', reason: 'this part of the tree is written inside Atomic only' }, path);
  if (verb === 'Delete') return runDelete(model, state, path);
  return runWrite(model, state, verb, path, definition, item, context);
}

function runWrite(model: DeviceModel, state: DeviceState, verb: 'Add' | 'Replace', path: TreePath, definition: NodeDefinition, item: CommandItem, context: ItemContext): ItemOutcome {
  const exists = existsNode(model, state, path);
  if (verb === 'Add' && exists) return refused(state, { refusal: 'already-exists', reason: 'the node exists; Replace changes it' }, path);
  if (verb === 'Replace' && !exists) return refused(state, { refusal: 'no-such-node', reason: 'the node does not exist; Add creates it' }, path);
  const misfit = judgeValue(definition, path, item);
  if (misfit) return refused(state, misfit, path);
  const nodes: Record<string, NodeValue> = { ...state.nodes };
  for (const above of ancestorsOf(path)) {
    if (existsNode(model, state, above)) continue;
    if (!findDefinition(model.definitions, above)?.access.includes('Add')) return refused(state, { refusal: 'not-allowed', reason: `${above.uri} cannot be added` }, path);
    nodes[above.uri] = { format: 'node', value: '' };
  }
  nodes[path.uri] = { format: definition.format, value: definition.format === 'node' ? '' : (item.data ?? '') };
  const after = { ...state, nodes };
  const unmet = context.isInAtomic ? undefined : judgeDependencies(model, after, path);
  return unmet === undefined ? { state: after, status: 200, path } : refused(state, { refusal: 'dependency-unmet', reason: unmet }, path);
}

function runDelete(model: DeviceModel, state: DeviceState, path: TreePath): ItemOutcome {
  if (!existsNode(model, state, path)) return refused(state, { refusal: 'no-such-node', reason: 'the node does not exist' }, path);
  const kept = Object.entries(state.nodes).filter(([uri]) => uri !== path.uri && !uri.startsWith(`${path.uri}/`));
  return { state: { ...state, nodes: Object.fromEntries(kept) }, status: 200, path };
}

function runExec(model: DeviceModel, state: DeviceState, path: TreePath, item: CommandItem, context: ItemContext): ItemOutcome {
  const parent = ancestorsOf(path).at(-1);
  if (parent && !existsNode(model, state, parent)) return refused(state, { refusal: 'no-such-node', reason: `${parent.uri} does not exist` }, path);
  const execs = [...state.execs, { uri: path.uri, data: item.data ?? '', atMs: context.nowMs }];
  const nodes = path.uri.endsWith('/doAutomaticRedeployment')
    ? { ...state.nodes, './Vendor/MSFT/RemoteWipe/AutomaticRedeployment/Status': { format: 'int' as const, value: '10' } }
    : state.nodes;
  return { state: { ...state, execs, nodes, isUnenrolled: state.isUnenrolled || path.uri.endsWith('/Unenroll') }, status: 200, path };
}

function refused(state: DeviceState, { refusal, reason }: Refusal, path?: TreePath): ItemOutcome {
  return { state, status: refusals[refusal].status, reason, ...(path === undefined ? {} : { path }) };
}
