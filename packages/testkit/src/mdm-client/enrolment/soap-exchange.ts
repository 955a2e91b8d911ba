import { RecoveryError } from '@winre-kit/sdk';
import type { MdmTransport } from '../session/mdm-transport.ts';
import { childOf, findDeep } from '../syncml/find-element.ts';
import { readMessageXml, type MessageElement } from '../syncml/read-message-xml.ts';
import { tag, type Markup } from '../syncml/write-message-xml.ts';
import { enrolmentNames as names } from './enrolment-schemas.table.ts';

/** User name and password as on-premise enrolment asks for them; the password is the enrolment token of a server that hands out tokens. */
export interface EnrolmentCredentials {
  readonly userName: string;
  /** A secret. */
  readonly password: string;
}

export interface SoapCall {
  readonly url: string;
  readonly action: string;
  readonly messageId: string;
  readonly credentials?: EnrolmentCredentials;
  readonly body: Markup;
}

/** How the enrolment reaches the server. */
export interface SoapSurroundings {
  readonly transport: MdmTransport;
  readonly trustedAuthoritiesPem?: string;
  readonly signal?: AbortSignal;
}

/**
 * Sends a SOAP 1.2 request and gives the content of the answer's body.
 *
 * @throws {RecoveryError} `unauthenticated` when the fault says so or the status is 401, `permission-denied` (403), `unavailable` (other statuses), `invalid-argument` (no SOAP, a chunked answer, another fault)
 */
export async function exchangeSoap(call: SoapCall, around: SoapSurroundings): Promise<MessageElement> {
  const { status, text, headers } = await around.transport.send({
    method: 'POST', url: call.url, body: writeEnvelope(call),
    headers: { 'content-type': 'application/soap+xml; charset=utf-8', 'user-agent': 'ENROLLClient' },
    ...(around.trustedAuthoritiesPem === undefined ? {} : { trustedAuthoritiesPem: around.trustedAuthoritiesPem }),
    ...(around.signal === undefined ? {} : { signal: around.signal }),
  });
  const where = call.action.slice(call.action.lastIndexOf('/') + 1);
  // Windows wants the answers of the enrolment services in one piece.
  if (headers['transfer-encoding'] !== undefined) throw new RecoveryError('invalid-argument', `${where}: the enrolment server's answer is chunked; it has to be sent whole, with a content-length`);
  const root = text.trimStart().startsWith('<') ? readMessageXml(text) : undefined;
  const body = root?.name === 'Envelope' ? childOf(root, 'Body') : undefined;
  const fault = body && childOf(body, 'Fault');
  if (fault) {
    // The subcode says which fault; its prefix is of no importance.
    const subcode = findDeep(fault, 'Subcode');
    const code = subcode && findDeep(subcode, 'Value')?.text.trim().split(':').at(-1);
    const isCredentials = status === 401 || code === 'FailedAuthentication' || code === 'Authentication';
    throw new RecoveryError(isCredentials ? 'unauthenticated' : code === 'Authorization' ? 'permission-denied' : 'invalid-argument', `${where}: the enrolment server refused: ${findDeep(fault, 'Text')?.text.trim() ?? 'no reason given'}`, { vendor: { status, ...(code === undefined ? {} : { code }) } });
  }
  if (status !== 200) throw new RecoveryError(status === 401 ? 'unauthenticated' : status === 403 ? 'permission-denied' : 'unavailable', `${where}: the enrolment server answered ${status}`, { vendor: { status } });
  const content = body?.children[0];
  if (!content) throw new RecoveryError('invalid-argument', `${where}: the enrolment server's answer is no SOAP envelope with content`);
  return content;
}

function writeEnvelope({ url, action, messageId, credentials, body }: SoapCall): string {
  const must = { 's:mustUnderstand': '1' };
  const header = tag('s:Header', {},
    tag('a:Action', must, action), tag('a:MessageID', {}, `urn:uuid:${messageId}`),
    tag('a:ReplyTo', {}, tag('a:Address', {}, `${names.addressing}/anonymous`)), tag('a:To', must, url),
    credentials === undefined ? undefined : tag('wsse:Security', must, tag('wsse:UsernameToken', { 'u:Id': `uuid-${messageId}` },
      tag('wsse:Username', {}, credentials.userName), tag('wsse:Password', { 'wsse:Type': names.passwordText }, credentials.password))));
  const spaces = { 'xmlns:s': names.soap, 'xmlns:a': names.addressing, 'xmlns:u': names.securityUtility, 'xmlns:wsse': names.security, 'xmlns:wst': names.trust, 'xmlns:ac': names.context };
  return `<?xml version="1.0" encoding="utf-8"?>${tag('s:Envelope', spaces, header, tag('s:Body', {}, body)).xml}`;
}
