import { RecoveryError } from '@winre-kit/sdk';
import { childElements, elementsIn, findElement, type XmlElement } from '@winre-kit/sdk/windows';

export const requestTokenAction = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep';
export const requestTokenReplyAction = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RSTRC/wstep';
const trustNamespace = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const securityNamespace = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const contextNamespace = 'http://schemas.xmlsoap.org/ws/2006/12/authorization';
const base64Encoding = `${securityNamespace}#base64binary`;
const enrolmentNamespace = 'http://schemas.microsoft.com/windows/pki/2009/01/enrollment';

/** What a client says when it asks for its certificate. All but the request is its own word. */
export interface CertificateExchange {
  /** PKCS #10 in DER. */
  readonly requestDer: Uint8Array<ArrayBuffer>;
  /** Names the hardware, also after a reinstallation. */
  readonly hardwareId: string;
  readonly deviceName: string | undefined;
  /** Such as `10.0.26100.4652`. */
  readonly osVersion: string | undefined;
  /** The product code of the edition. */
  readonly osEdition: number | undefined;
}

/**
 * Reads a RequestSecurityToken.
 *
 * @throws {RecoveryError} `invalid-argument` naming what is missing
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-wstep
 */
export function readCertificateExchange(content: XmlElement): CertificateExchange {
  const isRequest = content.name === 'RequestSecurityToken' && content.namespace === trustNamespace;
  const encoded = isRequest ? findElement(content, `{${securityNamespace}}BinarySecurityToken`)?.text.replaceAll(/\s/g, '') : undefined;
  if (!encoded || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) throw new RecoveryError('invalid-argument', 'expected a RequestSecurityToken with a PKCS #10 request in base64');
  const context = findElement(content, `{${contextNamespace}}AdditionalContext`);
  const items = new Map((context ? childElements(context, 'ContextItem') : []).map((item) => [item.attributes['Name'] ?? '', findElement(item, 'Value')?.text.trim() ?? '']));
  const said = (name: string): string | undefined => items.get(name)?.slice(0, 200) || undefined;
  const hardwareId = said('HWDevID') ?? said('DeviceID');
  if (hardwareId === undefined) throw new RecoveryError('invalid-argument', 'expected HWDevID or DeviceID in the additional context');
  const osEdition = said('OSEdition');
  return {
    requestDer: Uint8Array.from(Buffer.from(encoded, 'base64')),
    hardwareId,
    deviceName: said('DeviceName'),
    osVersion: said('OSVersion'),
    osEdition: osEdition !== undefined && /^[0-9]{1,5}$/.test(osEdition) ? Number(osEdition) : undefined,
  };
}

/** The answer: the provisioning document, which holds the certificate. */
export function certificateReply(provisioning: string): XmlElement {
  const trust = elementsIn(trustNamespace);
  const binary = elementsIn(securityNamespace);
  const enrolment = elementsIn(enrolmentNamespace);
  const valueType = 'http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentProvisionDoc';
  return trust('RequestSecurityTokenResponseCollection', {}, trust('RequestSecurityTokenResponse', {},
    trust('TokenType', {}, 'http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken'),
    enrolment('DispositionMessage'),
    trust('RequestedSecurityToken', {}, binary('BinarySecurityToken', { ValueType: valueType, EncodingType: base64Encoding }, Buffer.from(provisioning, 'utf8').toString('base64'))),
    enrolment('RequestID', {}, '0'),
  ));
}
