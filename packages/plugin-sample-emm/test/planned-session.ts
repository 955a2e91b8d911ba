import { SecretValue } from '@winre-kit/sdk';
import type { RequestCommand, SyncMlCommand, SyncMlMessage } from '@winre-kit/sdk/windows';
import type { MdmReport, MdmSession } from '../src/server/mdm-endpoint/mdm-session.ts';
import type { MdmTurn, MdmTurnFacts } from '../src/server/mdm-endpoint/mdm-turn.ts';
import { planMdmTurn } from '../src/server/mdm-endpoint/plan-mdm-turn.ts';
import type { MdmExec } from '../src/server/store/mdm-exec-store.ts';
import { storedSession } from '../src/server/store/mdm-session-store.ts';

export const remediation = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 180 };
export const profile = { kind: 'wifi-wpa2-psk' as const, ssid: 'depot', key: { secret: 'wifi' }, hidden: false };
export const facts: MdmTurnFacts = { desired: { remediation }, fingerprint: 'f1', leftOut: [], removes: 'others', edition: 'enterprise', report: undefined, execs: [], now: '2026-11-22T03:00:00.000Z', maxMessageBytes: 100_000 };
export const exec: MdmExec = { execKey: 'e1', uri: './Vendor/MSFT/DMClient/Unenroll', requestedBy: 'ann', requestedAt: facts.now, state: 'queued' };

/** A message of the device. */
export function messageOf(messageId: number, commands: readonly SyncMlCommand[], more: Partial<SyncMlMessage> = {}, sessionId = 's1'): SyncMlMessage {
  return { header: { sessionId, messageId: String(messageId), target: 'https://emm.example/', source: 'device' }, commands, isFinal: true, ...more };
}
export const first = messageOf(1, [{ name: 'Alert', commandId: '1', code: 1_201, items: [] }, { name: 'Replace', commandId: '2', items: [{ source: './DevInfo/DevId', data: 'device' }] }]);

/** What a device says to one command: a status, and for a Get that went well a value. */
export type Say = (command: RequestCommand, uri: string) => number | { readonly value: string };

/** What a device answers to a turn. */
export function answersTo({ reply }: MdmTurn, say: Say): readonly SyncMlCommand[] {
  let last = 0;
  const commandId = (): string => String((last += 1));
  const status = (commandRef: string, command: string, code: number): SyncMlCommand => ({ name: 'Status', commandId: commandId(), messageRef: reply.header.messageId, commandRef, command, targetRefs: [], sourceRefs: [], code, items: [] });
  const one = (command: RequestCommand): SyncMlCommand[] => {
    if (command.name === 'Atomic' || command.name === 'Sequence') {
      const members = command.commands.flatMap(one);
      const failed = members.some((member) => member.name === 'Status' && member.code >= 300);
      return [status(command.commandId, command.name, failed ? 507 : 200), ...members.map((member) => (failed && member.name === 'Status' && member.code < 300 ? { ...member, code: 216 } : member))];
    }
    const uri = command.items[0]?.target ?? '';
    const said = say(command, uri);
    if (typeof said === 'number') return [status(command.commandId, command.name, said)];
    return [status(command.commandId, command.name, 200), { name: 'Results', commandId: commandId(), messageRef: reply.header.messageId, commandRef: command.commandId, command: 'Get', items: [{ source: uri, data: said.value }] }];
  };
  return [status('0', 'SyncHdr', 200), ...reply.commands.flatMap((command) => (command.name === 'Status' || command.name === 'Results' ? [] : one(command)))];
}

/** Facts that stay, or those of the message with this number. */
type Given = Partial<MdmTurnFacts> | ((messageId: number) => Partial<MdmTurnFacts>);

/** Holds a session with a device until the server has nothing more to say. Between two messages the server forgets all but what it stores. The last turn comes last. */
export function hold(say: Say, given: Given = {}, { maxMessageBytes = 100_000, report }: { readonly maxMessageBytes?: number; readonly report?: MdmReport } = {}): readonly MdmTurn[] {
  const turns: MdmTurn[] = [];
  let execs = typeof given === 'function' ? [] : (given.execs ?? []);
  for (let messageId = 1; messageId < 60; messageId += 1) {
    const before = turns.at(-1);
    if (before && requestsIn(before).length === 0) break;
    // While the server's package goes on, a client asks for its next message and ends no package of its own.
    const isFinal = before?.reply.isFinal !== false;
    const answers = before ? answersTo(before, say) : first.commands;
    const message = messageOf(messageId, isFinal ? answers : [...answers, { name: 'Alert', commandId: '999', code: 1_222, items: [] }], { isFinal });
    const now: MdmTurnFacts = { ...facts, ...(typeof given === 'function' ? given(messageId) : given), execs, report: before?.report ?? report };
    const turn = planMdmTurn(before && stored(before.session), { ...message, header: { ...message.header, meta: { maxMessageBytes } } }, now);
    execs = execs.map((each) => turn.effects.reduce((known, effect) => ('execKey' in effect && effect.execKey === each.execKey ? { ...known, state: effect.kind === 'exec-sent' ? 'sent' : effect.state } : known), each));
    turns.push(turn);
  }
  return turns;
}
/** What a server that starts again finds of a session. */
export const stored = (session: MdmSession): MdmSession => JSON.parse(JSON.stringify(storedSession(session))) as MdmSession;
export const requestsIn = ({ reply }: MdmTurn): readonly SyncMlCommand[] => reply.commands.filter(({ name }) => name !== 'Status');
export const last = (turns: readonly MdmTurn[]): MdmTurn => {
  const turn = turns.at(-1);
  if (!turn) throw new TypeError('no turn');
  return turn;
};
export const build = { value: '10.0.26100.8737' };
export const recovery = './Device/Vendor/MSFT/Recovery';
/** A device of the Recovery provider without any settings, that takes what it gets unless `otherwise` says something else. */
export const fresh = (otherwise: (...asked: Parameters<Say>) => ReturnType<Say> | undefined): Say => (command, uri) => {
  const other = otherwise(command, uri);
  if (other !== undefined) return other;
  if (uri.endsWith('SwV')) return build;
  return command.name === 'Get' && !uri.endsWith('MSFT/Recovery') ? 404 : 200;
};
export const network = { profile, key: new SecretValue('correct horse') };
export const restore = { enabled: true, cadenceHours: 12 as const, retentionHours: 72 as const, maxDiskBytes: 4_096 * 1_048_576 };
