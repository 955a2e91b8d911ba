import { fromBase64, RecoveryError, toBase64 } from '@winre-kit/sdk';
import { findDeep } from '../syncml/find-element.ts';
import { tag } from '../syncml/write-message-xml.ts';
import { acceptCertificate, createCertificateRequest, type DeviceKeyKind } from './certificate-request.ts';
import { discoverServices } from './discover-services.ts';
import { enrolmentNames as names } from './enrolment-schemas.table.ts';
import { readEnrolmentPolicy } from './read-enrolment-policy.ts';
import { readProvisioningDocument, speaksXml, type ProvisioningDocument } from './read-provisioning-document.ts';
import { exchangeSoap, type EnrolmentCredentials, type SoapSurroundings } from './soap-exchange.ts';

/** An enrolment as the client keeps it. `privateKeyPem` is a secret. */
export interface MdmEnrolment {
  readonly providerId: string;
  readonly managementUrl: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Authorities that the provisioning document installed. */
  readonly rootCertificatesPem: string;
}

export interface EnrolmentOrder {
  readonly discoveryUrl: string;
  readonly credentials: EnrolmentCredentials;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly osVersion: string;
  readonly keyKind: DeviceKeyKind;
  /** A new id in the form of a UUID. */
  nextMessageId(): string;
}

/**
 * Enrols as MS-MDE2 describes for on-premise authentication: discovery, policy, certificate request, provisioning document.
 * Left out: federated and certificate authentication, terms of use, renewal of the certificate, the enrolment status page.
 *
 * @throws {RecoveryError} as its steps; `unsupported` when the server wants WBXML, whose remedy is DEFAULTENCODING in its provisioning document
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-mde2
 */
export async function enrolDevice(order: EnrolmentOrder, around: SoapSurroundings): Promise<{ readonly enrolment: MdmEnrolment; readonly document: ProvisioningDocument }> {
  const { credentials, deviceId, osVersion } = order;
  const services = await discoverServices({ discoveryUrl: order.discoveryUrl, userName: credentials.userName, osVersion, messageId: order.nextMessageId() }, around);
  const policy = await readEnrolmentPolicy(services.policyUrl, order.nextMessageId(), credentials, around);
  const request = await createCertificateRequest(deviceId, policy, order.keyKind);
  const about = { OSEdition: '4', OSVersion: osVersion, DeviceName: order.deviceName, MAC: '02:00:00:00:00:01', EnrollmentType: 'Full', DeviceType: 'CIMClient_Windows', ApplicationVersion: osVersion, DeviceID: deviceId, TargetedUserLoggedIn: 'True' };
  const answer = await exchangeSoap({
    url: services.enrolmentUrl, action: names.requestAction, messageId: order.nextMessageId(), credentials,
    body: tag('wst:RequestSecurityToken', {}, tag('wst:TokenType', {}, names.tokenType), tag('wst:RequestType', {}, names.issue),
      tag('wsse:BinarySecurityToken', { ValueType: names.pkcs10, EncodingType: names.base64 }, request.requestBase64),
      tag('ac:AdditionalContext', {}, ...Object.entries(about).map(([name, value]) => tag('ac:ContextItem', { Name: name }, tag('ac:Value', {}, value))))),
  }, around);
  const token = findDeep(answer, 'BinarySecurityToken');
  if (token?.attributes['ValueType'] !== names.provisioningDocument) throw new RecoveryError('invalid-argument', 'the enrolment service answered without a provisioning document');
  const document = readProvisioningDocument(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64(token.text.replaceAll(/\s/g, ''))));
  if (!speaksXml(document)) throw new RecoveryError('unsupported', `the server asks for ${document.encoding}; set DEFAULTENCODING of its provisioning document to application/vnd.syncml.dm+xml`);
  const certificatePem = await acceptCertificate(document.clientCertificate, request);
  const rootCertificatesPem = document.rootCertificates.map(pemOf).join('');
  return { document, enrolment: { providerId: document.providerId, managementUrl: document.managementUrl, certificatePem, privateKeyPem: request.privateKeyPem, rootCertificatesPem } };
}

function pemOf(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${toBase64(der).replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
