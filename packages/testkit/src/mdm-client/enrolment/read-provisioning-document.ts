import { fromBase64, RecoveryError } from '@winre-kit/sdk';
import { readMessageXml, type MessageElement } from '../syncml/read-message-xml.ts';

/** What the server tells a device to set up: certificates, the account, the schedule. */
export interface ProvisioningDocument {
  readonly rootCertificates: readonly Uint8Array<ArrayBuffer>[];
  /** The certificate of the device. */
  readonly clientCertificate: Uint8Array<ArrayBuffer>;
  readonly providerId: string;
  readonly managementUrl: string;
  /** `application/vnd.syncml.dm+xml` unless the server asks for the binary form. */
  readonly encoding: string;
  /** Nodes of the DMClient CSP below its provider, by path. */
  readonly clientNodes: Readonly<Record<string, { readonly format: 'chr' | 'int' | 'bool'; readonly value: string }>>;
}

const xmlEncoding = 'application/vnd.syncml.dm+xml';

/**
 * Reads a wap-provisioningdoc.
 *
 * @throws {RecoveryError} `invalid-argument` naming what is missing or contradicts itself
 * @see https://learn.microsoft.com/en-us/windows/client-management/on-premise-authentication-device-enrollment#enrollment-web-service
 */
export function readProvisioningDocument(xml: string): ProvisioningDocument {
  const root = readMessageXml(xml);
  if (root.name !== 'wap-provisioningdoc') throw new RecoveryError('invalid-argument', 'the token is no wap-provisioningdoc');
  const stores = characteristics(root, 'CertificateStore');
  const rootCertificates = stores.flatMap((store) => certificatesIn(store, ['Root', 'System']));
  const [clientCertificate] = stores.flatMap((store) => [...certificatesIn(store, ['My', 'User']), ...certificatesIn(store, ['My', 'System'])]);
  if (!clientCertificate) throw new RecoveryError('invalid-argument', 'the provisioning document holds no certificate for the device');
  const application = characteristics(root, 'APPLICATION').find((one) => parameter(one, 'APPID') === 'w7');
  const providerId = application && parameter(application, 'PROVIDER-ID');
  const managementUrl = application && parameter(application, 'ADDR');
  if (!application || !providerId || !managementUrl) throw new RecoveryError('invalid-argument', 'the provisioning document has no w7 APPLICATION with PROVIDER-ID and ADDR');
  const providers = characteristics(root, 'DMClient').flatMap((one) => characteristics(one, 'Provider')).flatMap((one) => one.children);
  const provider = providers.find((one) => one.attributes['type'] === providerId);
  if (providers.length > 0 && !provider) throw new RecoveryError('invalid-argument', `DMClient speaks of another provider than ${providerId}`);
  return {
    rootCertificates, clientCertificate, providerId, managementUrl,
    encoding: parameter(application, 'DEFAULTENCODING') ?? xmlEncoding,
    clientNodes: provider ? nodesBelow(provider, '') : {},
  };
}

/** Whether a client that speaks XML can serve this account. */
export function speaksXml(document: ProvisioningDocument): boolean {
  return document.encoding === xmlEncoding;
}

function nodesBelow(element: MessageElement, path: string): ProvisioningDocument['clientNodes'] {
  const formats = { integer: 'int', boolean: 'bool' } as const;
  const own = element.children.filter(({ name }) => name === 'parm').map(({ attributes }) => {
    const datatype = attributes['datatype'];
    return [`${path}${attributes['name']}`, { format: datatype === 'integer' || datatype === 'boolean' ? formats[datatype] : ('chr' as const), value: attributes['value'] ?? '' }] as const;
  });
  const below = element.children.filter(({ name }) => name === 'characteristic').map((child) => nodesBelow(child, `${path}${child.attributes['type']}/`));
  return Object.assign(Object.fromEntries(own), ...below) as ProvisioningDocument['clientNodes'];
}

function certificatesIn(store: MessageElement, path: readonly string[]): Uint8Array<ArrayBuffer>[] {
  const holders = path.reduce((elements, type) => elements.flatMap((element) => characteristics(element, type)), [store]);
  return holders.flatMap((holder) => holder.children).flatMap((thumbprint) => {
    const encoded = parameter(thumbprint, 'EncodedCertificate');
    if (encoded === undefined) return [];
    return [new Uint8Array(fromBase64(encoded.replaceAll(/\s/g, '')))];
  });
}

function characteristics(element: MessageElement, type: string): MessageElement[] {
  return element.children.filter((child) => child.name === 'characteristic' && child.attributes['type'] === type);
}

function parameter(element: MessageElement, name: string): string | undefined {
  return element.children.find((child) => child.name === 'parm' && child.attributes['name'] === name)?.attributes['value'];
}
