import type { ClientCommand } from '../syncml/client-command.ts';
import type { AlertCommand, DeviceCommand } from '../syncml/server-command.ts';
import type { DeviceModel } from './device-model.ts';
import type { DeviceState } from './device-state.ts';
import { refusals, type RefusalReason } from './refusals.table.ts';
import { runAtomic } from './run-atomic.ts';
import { runTreeCommand, statusesOf } from './run-tree-command.ts';

/** What a device did with the commands of one message. */
export interface CommandsOutcome {
  readonly state: DeviceState;
  /** A status for each command in order, results behind the status of their Get. */
  readonly replies: readonly ClientCommand[];
  /** The session ends: the server aborted it, or unenrolled the device. */
  readonly isEnded: boolean;
}

/**
 * Runs commands on a device and answers each. Pure: the state that is given stays as it is.
 *
 * @param nowMs milliseconds since 1970
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function runCommands(model: DeviceModel, before: DeviceState, commands: readonly DeviceCommand[], nowMs: number): CommandsOutcome {
  let state = before;
  let isEnded = false;
  const replies: ClientCommand[] = [];
  const run = (command: DeviceCommand): void => {
    if (isEnded) return void replies.push(...refuse(command, 'session-ended', 'the session has ended'));
    if (command.kind === 'foreign') return void replies.push(...refuse(command, 'not-a-command', 'no command of the protocol'));
    if (command.kind === 'group' && command.verb === 'Atomic') {
      const outcome = runAtomic(model, state, command, nowMs);
      state = outcome.state;
      replies.push(...outcome.replies);
    } else if (command.cmdId === undefined) {
      replies.push(...refuse(command, 'no-command-id', 'the command has no CmdID'));
    } else if (command.kind === 'group') {
      if (!command.wantsNoStatus) replies.push({ kind: 'status', cmdRef: command.cmdId, cmd: command.verb, status: 200 });
      for (const inner of command.commands) run(inner);
    } else if (command.kind === 'alert') {
      isEnded = command.code === '1223';
      if (!command.wantsNoStatus) replies.push(answerAlert(command, command.cmdId));
    } else {
      const outcome = runTreeCommand(model, state, command, { isInAtomic: false, nowMs });
      state = outcome.state;
      replies.push(...statusesOf(command.cmdId, command.verb, outcome.answered, command.wantsNoStatus));
      if (outcome.isInterrupted) replies.push({ kind: 'alert', code: '1225' });
    }
    isEnded ||= state.isUnenrolled;
  };
  for (const command of commands) run(command);
  return { state, replies, isEnded };
}

function answerAlert({ code }: AlertCommand, cmdRef: string): ClientCommand {
  const isKnown = ['1200', '1201', '1222', '1223'].includes(code);
  return { kind: 'status', cmdRef, cmd: 'Alert', status: isKnown ? 200 : refusals['no-such-feature'].status, ...(isKnown ? {} : { reason: `no alert ${code} here` }) };
}

/** Refuses a command and all it holds. */
function refuse(command: DeviceCommand, refusal: RefusalReason, reason: string): ClientCommand[] {
  const cmd = command.kind === 'foreign' ? command.name : command.kind === 'alert' ? 'Alert' : command.verb;
  const inside = command.kind === 'group' ? command.commands.flatMap((inner) => refuse(inner, refusal, reason)) : [];
  return [{ kind: 'status', cmdRef: command.cmdId ?? '', cmd, status: refusals[refusal].status, reason }, ...inside];
}
