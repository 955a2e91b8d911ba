import type { ClientCommand, ResultsReply, StatusReply } from '../syncml/client-command.ts';
import type { CommandItem, TreeCommand } from '../syncml/server-command.ts';
import type { DeviceModel } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import type { TreePath } from './loc-uri.ts';
import { refusals } from './refusals.table.ts';
import { runItem, type ItemContext } from './run-item.ts';
import { takeChunk } from './take-chunk.ts';

/** What became of one item, with the results of a Get. */
export interface AnsweredItem {
  readonly item: CommandItem;
  readonly path?: TreePath;
  readonly status: number;
  readonly reason?: string;
  readonly results?: Omit<ResultsReply, 'cmdRef'>;
}

export interface TreeOutcome {
  readonly state: DeviceState;
  readonly answered: readonly AnsweredItem[];
  /** A large object was begun and not ended before this command. */
  readonly isInterrupted: boolean;
}

/** Runs every item of a command in order; each stands for itself. Pure. */
export function runTreeCommand(model: DeviceModel, before: DeviceState, command: TreeCommand, context: ItemContext): TreeOutcome {
  const answered: AnsweredItem[] = [];
  let state = before;
  let isInterrupted = false;
  for (const item of command.items) {
    let whole = item;
    if (command.verb === 'Add' || command.verb === 'Replace') {
      if (context.isInAtomic && item.hasMoreData) {
        answered.push({ item, status: refusals['chunk-inside-atomic'].status, reason: 'an object inside Atomic cannot be cut into chunks' });
        continue;
      }
      const verdict = takeChunk(state, command.verb, item);
      state = verdict.state;
      if (verdict.kind === 'kept') {
        answered.push({ item, status: 213 });
        continue;
      }
      isInterrupted ||= verdict.isInterrupted;
      if (verdict.kind === 'refused') {
        answered.push({ item, status: verdict.status, reason: verdict.reason });
        continue;
      }
      whole = verdict.item;
    } else if (state.partialObject) {
      const { partialObject: _, ...rest } = state;
      state = rest;
      isInterrupted = true;
    }
    const outcome = runItem(model, state, command.verb, whole, context);
    state = outcome.state;
    answered.push({
      item, status: outcome.status,
      ...(outcome.path === undefined ? {} : { path: outcome.path }),
      ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
      ...(outcome.found === undefined ? {} : { results: { kind: 'results', sourceUri: item.targetUri ?? '', format: outcome.found.format, data: outcome.found.value } }),
    });
  }
  return { state, answered, isInterrupted };
}

/**
 * The statuses of a command: one when all items fared alike, otherwise one an item, each naming its target. Results follow the status they belong to.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/36b1a4d9-fd93-48ce-b865-6a9d396c52a4
 */
export function statusesOf(cmdRef: string, cmd: string, answered: readonly AnsweredItem[], wantsNoStatus = false): ClientCommand[] {
  const first = answered[0];
  if (!first) return wantsNoStatus ? [] : [{ kind: 'status', cmdRef, cmd, status: refusals['no-item'].status, reason: 'the command has no item' }];
  const areAlike = answered.every(({ status }) => status === first.status);
  const results = answered.flatMap((one): ClientCommand[] => (one.results ? [{ ...one.results, cmdRef }] : []));
  if (wantsNoStatus) return results;
  const statuses = (areAlike ? [first] : answered).map((one): StatusReply => ({
    kind: 'status', cmdRef, cmd, status: one.status,
    ...(areAlike ? {} : { targetRef: one.item.targetUri ?? '' }),
    ...(one.reason === undefined ? {} : { reason: one.reason }),
  }));
  return [...statuses, ...results];
}
