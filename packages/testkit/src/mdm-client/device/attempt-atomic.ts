import type { DeviceCommand } from '../syncml/server-command.ts';
import type { DeviceModel } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import { judgeDependencies } from './judge-dependencies.ts';
import type { TreePath } from './loc-uri.ts';
import { refusals, type RefusalReason } from './refusals.table.ts';
import { runTreeCommand, type AnsweredItem } from './run-tree-command.ts';

/** How far the members of an Atomic came. */
export interface AtomicAttempt {
  /** With everything written before the member that failed; what that member wrote is undone. */
  readonly state: DeviceState;
  /** Outcomes of the members that were tried, in order. */
  readonly answered: readonly (readonly AnsweredItem[])[];
  /** Index of the member that failed; undefined when all went well. */
  readonly failedAt?: number;
}

/** Tries the members in order until one fails. Values may come in any order, so what depends on other nodes is judged when all are there. Pure. */
export function attemptAtomic(model: DeviceModel, before: DeviceState, members: readonly DeviceCommand[], nowMs: number): AtomicAttempt {
  const answered: (readonly AnsweredItem[])[] = [];
  const written: { readonly path: TreePath; readonly member: number }[] = [];
  const added = new Set<string>();
  let state = before;
  for (const [member, command] of members.entries()) {
    const misplaced = judgeMember(command);
    if (misplaced) return { state, answered: [...answered, [refusedItem(...misplaced)]], failedAt: member };
    if (command.kind !== 'tree') {
      answered.push([{ item: {}, status: 200 }]);
      continue;
    }
    const outcome = runTreeCommand(model, state, command, { isInAtomic: true, nowMs });
    const isTwice = command.verb === 'Replace' && outcome.answered.some(({ path }) => path && added.has(path.uri));
    const own = isTwice ? [refusedItem('add-then-replace', 'Add and Replace of one node in one Atomic')] : outcome.answered;
    answered.push(own);
    if (own.length === 0 || own.some(({ status }) => status >= 300)) return { state: { ...state, faults: outcome.state.faults }, answered, failedAt: member };
    state = outcome.state;
    for (const { path } of own) {
      if (!path) continue;
      written.push({ path, member });
      if (command.verb === 'Add') added.add(path.uri);
    }
  }
  for (const { path, member } of written) {
    const unmet = judgeDependencies(model, state, path);
    if (unmet === undefined) continue;
    const undone = undo(before, state, written.filter((one) => one.member === member).map((one) => one.path.uri));
    return { state: undone, answered: answered.with(member, [refusedItem('dependency-unmet', unmet)]), failedAt: member };
  }
  return { state, answered };
}

function judgeMember(command: DeviceCommand): [RefusalReason, string] | undefined {
  if (command.cmdId === undefined) return ['no-command-id', 'the command has no CmdID'];
  if (command.kind === 'group') return command.verb === 'Atomic' ? ['nested-atomic', 'Atomic inside Atomic'] : undefined;
  if (command.kind !== 'tree') return ['not-a-command', 'no command that Atomic may hold'];
  return command.verb === 'Get' ? ['get-inside-atomic', 'Get inside Atomic'] : undefined;
}

function refusedItem(refusal: RefusalReason, reason: string): AnsweredItem {
  return { item: {}, status: refusals[refusal].status, reason };
}

function undo(before: DeviceState, state: DeviceState, uris: readonly string[]): DeviceState {
  const nodes = { ...state.nodes };
  for (const uri of uris) {
    const earlier = before.nodes[uri];
    if (earlier) nodes[uri] = earlier;
    else delete nodes[uri];
  }
  return { ...state, nodes };
}
