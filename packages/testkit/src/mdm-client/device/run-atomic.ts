import type { ClientCommand } from '../syncml/client-command.ts';
import type { DeviceCommand, GroupCommand } from '../syncml/server-command.ts';
import { attemptAtomic } from './attempt-atomic.ts';
import { meetRollbackFault } from './device-fault.ts';
import type { DeviceModel } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import { refusals } from './refusals.table.ts';
import { statusesOf } from './run-tree-command.ts';

export interface AtomicOutcome {
  readonly state: DeviceState;
  readonly replies: readonly ClientCommand[];
}

/**
 * Runs an Atomic: everything or nothing. On failure it answers 507, the member that failed its own code, and every other member 216,
 * or 516 when it was done and the rollback fails. Pure.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function runAtomic(model: DeviceModel, before: DeviceState, atomic: GroupCommand, nowMs: number): AtomicOutcome {
  const members = atomic.commands.flatMap(flatten);
  const ownStatus = (status: number): ClientCommand[] => (atomic.wantsNoStatus ? [] : [{ kind: 'status', cmdRef: atomic.cmdId ?? '', cmd: 'Atomic', status }]);
  if (atomic.cmdId === undefined) {
    return { state: before, replies: [...ownStatus(refusals['no-command-id'].status), ...members.flatMap((member) => repliesOf(member, [{ item: {}, status: 216 }]))] };
  }
  const { state, answered, failedAt } = attemptAtomic(model, before, members, nowMs);
  if (failedAt === undefined) return { state, replies: [...ownStatus(200), ...members.flatMap((member, index) => repliesOf(member, answered[index] ?? []))] };

  const rollback = meetRollbackFault(state.faults);
  const replies = members.flatMap((member, index) => {
    if (index === failedAt) return repliesOf(member, answered[index] ?? []);
    return repliesOf(member, [{ item: {}, status: rollback.fails && index < answered.length ? 516 : 216 }]);
  });
  const { nodes, execs } = rollback.fails ? state : before;
  return { state: { ...before, nodes, execs, isUnenrolled: before.isUnenrolled, faults: rollback.faults }, replies: [...ownStatus(507), ...replies] };
}

/** A group inside stands for itself, followed by what it holds. */
function flatten(command: DeviceCommand): DeviceCommand[] {
  return command.kind === 'group' ? [{ ...command, commands: [] }, ...command.commands.flatMap(flatten)] : [command];
}

function repliesOf(member: DeviceCommand, answered: Parameters<typeof statusesOf>[2]): ClientCommand[] {
  const name = member.kind === 'foreign' ? member.name : member.kind === 'alert' ? 'Alert' : member.verb;
  return statusesOf(member.cmdId ?? '', name, answered, member.kind !== 'foreign' && member.wantsNoStatus);
}
