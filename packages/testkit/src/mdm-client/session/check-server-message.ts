import type { ServerMessage } from '../syncml/server-message.ts';
import type { SessionState } from './session-state.ts';

/** What the server got wrong about the conversation: ids that do not match, commands it did not answer. Empty when all is well. Pure. */
export function checkServerMessage(session: SessionState, message: ServerMessage, deviceId: string): string[] {
  const faults: string[] = [];
  const say = (isRight: boolean, fault: string): void => void (isRight || faults.push(fault));
  say(message.verDtd === '1.2', `VerDTD is ${message.verDtd}, not 1.2`);
  say(message.verProto === 'DM/1.2', `VerProto is ${message.verProto}, not DM/1.2`);
  say(message.sessionId === session.sessionId, `SessionID is ${message.sessionId}, not ${session.sessionId}`);
  say(message.msgId === String(session.lastServerMsgId + 1), `MsgID is ${message.msgId}, not ${session.lastServerMsgId + 1}`);
  say(message.targetUri === deviceId, `Target is ${message.targetUri}, not the device`);
  const [first] = message.statuses;
  say(first?.cmdRef === '0' && first.cmd === 'SyncHdr', 'the first Status does not answer SyncHdr');
  const expected = session.lastSent.flatMap(({ command }, index) => {
    if (command.kind === 'status') return [];
    const cmd = command.kind === 'results' ? 'Results' : command.kind === 'alert' ? 'Alert' : 'Replace';
    return [{ cmdRef: String(index + 1), cmd, isOptional: command.kind === 'results' && command.hasMoreData !== true }];
  });
  const answers = message.statuses.filter(({ cmdRef }) => cmdRef !== '0');
  for (const status of message.statuses) {
    say(status.msgRef === String(session.lastMsgId), `a Status has MsgRef ${status.msgRef}, not ${session.lastMsgId}`);
    const known = status.cmdRef === '0' || expected.some(({ cmdRef, cmd }) => cmdRef === status.cmdRef && cmd === status.cmd);
    say(known, `a Status answers ${status.cmd} ${status.cmdRef}, which was not sent`);
  }
  // A whole result needs no answer; a chunk does, or the next one could not follow.
  for (const { cmdRef, cmd, isOptional } of expected) say(isOptional || answers.some((status) => status.cmdRef === cmdRef), `${cmd} ${cmdRef} got no Status`);
  const refs = answers.map(({ cmdRef }) => Number(cmdRef));
  say(refs.every((ref, index) => ref >= (refs[index - 1] ?? 0)), 'statuses are not in the order of the commands');
  return faults;
}
