import { RecoveryError } from '../../errors/recovery-error.ts';
import { readXml, type XmlLimits } from '../xml/read-xml.ts';
import { findElement, type XmlElement } from '../xml/xml-element.ts';
import { decodeCommand } from './decode-command.ts';
import { decodeMeta, locationOf, optionalText, requiredElement, requiredText } from './decode-elements.ts';
import type { SyncMlHeader, SyncMlMessage } from './syncml-message.ts';
import { syncMlBinaryContentType, syncMlNamespace } from './syncml-names.ts';

/** What is known of a message before it is read, and how much of it is read. */
export interface DecodeSyncMlOptions extends XmlLimits {
  /** The `Content-Type` it came with. */
  readonly contentType?: string;
}

/**
 * Reads a message of OMA DM 1.2.
 *
 * Strict about what it means, lenient about how it was written: elements may come in any order, unknown ones are left out, CDATA is text,
 * and markup inside a value becomes the text of that markup. Values keep their white space; numbers, names and addresses are trimmed.
 * Nothing is said about whether the numbers fit a session: that is the session's to judge.
 *
 * @throws {RecoveryError} `invalid-argument` for what is not a message, `unsupported` for WBXML and other versions; neither repeats what was sent
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mdm/221ba29e-f0da-4b04-af9e-42f8631aea68
 */
export function decodeSyncMl(input: Uint8Array | string, options: DecodeSyncMlOptions = {}): SyncMlMessage {
  refuseBinary(input, options.contentType);
  const root = readXml(input, options);
  if (root.name !== 'SyncML') throw new RecoveryError('invalid-argument', 'expected a SyncML message');
  if (root.namespace !== syncMlNamespace) throw new RecoveryError('unsupported', `only messages in the namespace ${syncMlNamespace} are understood`);
  const body = requiredElement(root, 'SyncBody');
  return {
    header: decodeHeader(requiredElement(root, 'SyncHdr')),
    commands: body.children.filter((child) => child.namespace === syncMlNamespace && child.name !== 'Final').map((child) => decodeCommand(child)),
    isFinal: findElement(body, 'Final') !== undefined,
  };
}

function decodeHeader(header: XmlElement): SyncMlHeader {
  if (requiredText(header, 'VerDTD') !== '1.2' || requiredText(header, 'VerProto') !== 'DM/1.2') throw new RecoveryError('unsupported', 'only VerDTD 1.2 and VerProto DM/1.2 are understood');
  const target = locationOf(header, 'Target');
  const source = locationOf(header, 'Source');
  if (target === undefined || source === undefined) throw new RecoveryError('invalid-argument', 'SyncML message without Target or Source in its header');
  const responseUri = optionalText(header, 'RespURI');
  const credential = findElement(header, 'Cred');
  const credentialMeta = credential && decodeMeta(credential);
  const meta = decodeMeta(header);
  return {
    sessionId: requiredText(header, 'SessionID'),
    messageId: requiredText(header, 'MsgID'),
    target: target.uri,
    ...(target.name !== undefined && { targetName: target.name }),
    source: source.uri,
    ...(source.name !== undefined && { sourceName: source.name }),
    ...(responseUri !== undefined && { responseUri }),
    ...(findElement(header, 'NoResp') && { wantsNoResponse: true }),
    ...(credential && { credential: { ...(credentialMeta && { meta: credentialMeta }), data: requiredElement(credential, 'Data').text } }),
    ...(meta && { meta }),
  };
}

function refuseBinary(input: Uint8Array | string, contentType: string | undefined): void {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  // WBXML starts with its version, 1.0 to 1.3, as one byte that XML cannot start with.
  const first = typeof input === 'string' ? input.charCodeAt(0) : input[0];
  if (mediaType !== syncMlBinaryContentType && !(first !== undefined && first <= 3)) return;
  throw new RecoveryError('unsupported', 'WBXML is not understood; enrol the device with DEFAULTENCODING application/vnd.syncml.dm+xml in its w7 APPLICATION characteristic');
}
