import { RecoveryError } from '@winre-kit/sdk';
import { elementsIn, escapeXmlText, findElement, readXml, writeXml, type MakeElement, type XmlElement } from '@winre-kit/sdk/windows';

const soapNamespace = 'http://www.w3.org/2003/05/soap-envelope';
const addressingNamespace = 'http://www.w3.org/2005/08/addressing';
const securityNamespace = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const soap = elementsIn(soapNamespace);
const addressing = elementsIn(addressingNamespace);

/** More than any enrolment message needs. */
export const maxSoapBytes = 262_144;

/** What the enrolment services read of a SOAP 1.2 request. */
export interface SoapRequest {
  readonly action: string;
  readonly messageId: string;
  /** The password of the on-premise sign-in: the enrolment token, a secret. */
  readonly password: string | undefined;
  /** The one element in the body. */
  readonly content: XmlElement;
}

/**
 * @throws {RecoveryError} `invalid-argument` when it is not XML within bounds or no SOAP request
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mde2
 */
export function readSoapRequest(bytes: Uint8Array): SoapRequest {
  const envelope = readXml(bytes, { maxBytes: maxSoapBytes, maxDepth: 32, maxNodes: 2_000 });
  const header = envelope.name === 'Envelope' && envelope.namespace === soapNamespace ? findElement(envelope, 'Header') : undefined;
  const content = findElement(envelope, 'Body')?.children;
  const action = header && findElement(header, `{${addressingNamespace}}Action`)?.text.trim();
  const messageId = header && findElement(header, `{${addressingNamespace}}MessageID`)?.text.trim();
  const [first] = content ?? [];
  if (!header || !action || !messageId || !first || content?.length !== 1) throw new RecoveryError('invalid-argument', 'expected a SOAP 1.2 envelope with action, message id and one element in its body');
  const password = findElement(header, `{${securityNamespace}}Security`, 'UsernameToken', 'Password')?.text;
  return { action, messageId, password: password === '' ? undefined : password, content: first };
}

/** The answer to a request, in text. */
export function writeSoapReply(action: string, relatesTo: string | undefined, content: XmlElement): string {
  const header = soap('Header', {}, addressing('Action', { [`{${soapNamespace}}mustUnderstand`]: '1' }, action), relatesTo === undefined ? undefined : addressing('RelatesTo', {}, relatesTo));
  return writeXml(soap('Envelope', {}, header, soap('Body', {}, content)), { declaration: false });
}

/** Why an enrolment service refuses, in the protocol's words. */
export type SoapFaultCode = 'MessageFormat' | 'Authentication' | 'Authorization' | 'CertificateRequest' | 'EnrollmentServer';

/**
 * A refusal, in text. Written by hand, because the codes in it are names with a prefix that must be bound.
 *
 * @param message quotes nothing that was sent
 */
export function writeSoapFault(code: SoapFaultCode, message: string, relatesTo?: string): string {
  const blamed = code === 'EnrollmentServer' ? 'Receiver' : 'Sender';
  return [
    `<s:Envelope xmlns:s="${soapNamespace}" xmlns:a="${addressingNamespace}">`,
    `<s:Header><a:Action s:mustUnderstand="1">http://schemas.microsoft.com/windows/pki/2009/01/enrollment/rstrc/wstep</a:Action>`,
    relatesTo === undefined ? '' : `<a:RelatesTo>${escapeXmlText(relatesTo)}</a:RelatesTo>`,
    `</s:Header><s:Body><s:Fault><s:Code><s:Value>s:${blamed}</s:Value><s:Subcode><s:Value>s:${code}</s:Value></s:Subcode></s:Code>`,
    `<s:Reason><s:Text xml:lang="en-us">${escapeXmlText(message)}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`,
  ].join('');
}

/** An element that says by `xsi:nil` that there is nothing. */
export function nilElement(make: MakeElement, name: string): XmlElement {
  return make(name, { '{http://www.w3.org/2001/XMLSchema-instance}nil': 'true' });
}
