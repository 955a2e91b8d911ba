import { RecoveryError } from '@winre-kit/sdk';
import type { DeviceModel } from '../device/device-model.ts';
import type { DeviceState } from '../device/device-state.ts';
import type { ClientCommand } from '../syncml/client-command.ts';
import { readServerMessage } from '../syncml/read-server-message.ts';
import type { ServerStatus } from '../syncml/server-command.ts';
import { composeMessage } from './compose-message.ts';
import type { ClientIdentity, MdmTransport } from './mdm-transport.ts';
import type { MdmSessionReport, TranscriptEntry } from './session-report.ts';
import type { SessionState } from './session-state.ts';
import { takeTurn } from './take-turn.ts';

const contentType = 'application/vnd.syncml.dm+xml';

/** What a session needs from the client around it. */
export interface SessionSurroundings {
  readonly model: DeviceModel;
  readonly deviceId: string;
  readonly identity: ClientIdentity;
  readonly trustedAuthoritiesPem?: string;
  readonly transport: MdmTransport;
  /** The largest message this client takes, in bytes; told to the server. */
  readonly maxMsgSizeBytes: number;
  readonly maxMessages: number;
  readonly signal?: AbortSignal;
  now(): number;
  /** The device as it is now: commands may have changed it. */
  readDevice(): DeviceState;
  /** Keeps what the device has become; called before the answer is sent, as a device writes its registry before it answers. */
  keepDevice(device: DeviceState): void;
  /** Asked for each message of the server, counted from 1: whether the device dies before its commands, or after them without answering. */
  dies(message: number): 'before-commands' | 'after-commands' | undefined;
}

/**
 * Runs a session until the server has nothing more to say.
 *
 * @throws {RecoveryError} `unavailable` without an answer or with a status other than 200 (401 and 403: `unauthenticated`, `permission-denied`),
 *   `invalid-argument` when the answer is no SyncML in XML, `resource-exhausted` after `maxMessages`
 */
export async function runSession(start: SessionState, around: SessionSurroundings): Promise<MdmSessionReport> {
  const transcript: TranscriptEntry[] = [];
  const replies: ClientCommand[] = [];
  const serverStatuses: ServerStatus[] = [];
  const violations: string[] = [];
  const report = (session: SessionState): MdmSessionReport => ({ sessionId: session.sessionId, ending: session.ending ?? 'completed', replies, serverStatuses, violations, transcript });
  let session = start;
  for (let count = 1; count <= around.maxMessages; count += 1) {
    const { deviceId: sourceUri, maxMsgSizeBytes } = around;
    const msgId = session.lastMsgId + 1;
    const message = composeMessage({ sessionId: session.sessionId, msgId: String(msgId), targetUri: session.targetUri, sourceUri, maxMsgSizeBytes }, session.outbox, session.maxMsgSizeBytes);
    session = { ...session, lastMsgId: msgId, outbox: message.rest, lastSent: message.sent };
    transcript.push({ from: 'client', text: message.text });
    const text = await post(session.targetUri, message.text, around);
    transcript.push({ from: 'server', text });
    const death = around.dies(count);
    if (death === 'before-commands') return report({ ...session, ending: 'cut' });
    const heard = readServerMessage(text);
    const bytes = Buffer.byteLength(text);
    if (bytes > maxMsgSizeBytes) violations.push(`a message of ${bytes} bytes, and this client takes ${maxMsgSizeBytes}`);
    serverStatuses.push(...heard.statuses);
    const turn = takeTurn(around.model, around.readDevice(), session, heard, around.deviceId, around.now());
    around.keepDevice(turn.device);
    replies.push(...turn.replies);
    violations.push(...turn.violations);
    if (death) return report({ ...session, ending: 'cut' });
    session = turn.session;
    if (session.outbox.length === 0) return report(session);
  }
  throw new RecoveryError('resource-exhausted', `the session did not end within ${around.maxMessages} messages`);
}

async function post(targetUri: string, body: string, around: SessionSurroundings): Promise<string> {
  const url = new URL(targetUri);
  url.searchParams.set('mode', 'Maintenance');
  url.searchParams.set('Platform', 'WoA');
  const response = await around.transport.send({
    method: 'POST', url: url.href, body, identity: around.identity,
    headers: { 'content-type': `${contentType}; charset=utf-8`, accept: `${contentType}, application/octet-stream`, 'user-agent': 'MSFT OMA DM Client/1.2.0.1' },
    ...(around.trustedAuthoritiesPem === undefined ? {} : { trustedAuthoritiesPem: around.trustedAuthoritiesPem }),
    ...(around.signal === undefined ? {} : { signal: around.signal }),
  });
  const { status } = response;
  if (status !== 200) {
    const code = status === 401 ? 'unauthenticated' : status === 403 ? 'permission-denied' : 'unavailable';
    throw new RecoveryError(code, `the management server answered ${status}`, { vendor: { status } });
  }
  const type = response.headers['content-type']?.split(';')[0]?.trim();
  if (type !== contentType) throw new RecoveryError('invalid-argument', `the management server answered with ${type ?? 'no content type'}, expected ${contentType}`);
  return response.text;
}
