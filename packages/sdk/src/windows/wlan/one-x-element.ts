import { RecoveryError } from '../../errors/recovery-error.ts';
import { elementsIn, type XmlElement } from '../xml/xml-element.ts';

/** What is asked of the authentication server, and which of the machine's certificates may answer it. */
export interface EapTlsTrust {
  /** Names that the server's certificate may have. */
  readonly serverNames: readonly string[];
  /** SHA-1 thumbprints of the roots that may have issued it. None means every root that the machine trusts. */
  readonly trustedRootThumbprintsSha1?: readonly string[];
  /**
   * SHA-1 thumbprints of authorities: the client's certificate must have one of them in its chain and be meant for client authentication. None leaves the choice to Windows.
   * Needed where a machine has certificates of several authorities: Windows may take the wrong one, or ask somebody who is not there.
   */
  readonly clientIssuerThumbprintsSha1?: readonly string[];
}

const oneX = elementsIn('http://www.microsoft.com/networking/OneX/v1');
const host = elementsIn('http://www.microsoft.com/provisioning/EapHostConfig');
const common = elementsIn('http://www.microsoft.com/provisioning/EapCommon');
const base = elementsIn('http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1');
const tls = elementsIn('http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1');
const tlsV2 = elementsIn('http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV2');
const tlsV3 = elementsIn('http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV3');
const eapTlsType = '13';

/**
 * 802.1X with EAP-TLS for the machine, asking nobody: a certificate from the machine's store, the server checked by name and root.
 *
 * A profile names the client's certificate by its authority ({@link EapTlsTrust.clientIssuerThumbprintsSha1}), never by itself: the schema has thumbprints of issuers and
 * key usages, and nothing for one certificate or a store. So keep one certificate of that authority on the machine, and install it before the profile.
 * Left out: filters by custom key usages (`EKUMapping`), which would need names that somebody agrees on.
 *
 * @throws {RecoveryError} `invalid-argument` for a server name or thumbprint that the profile cannot hold
 * @see https://learn.microsoft.com/windows/win32/nativewifi/wpa2-enterprise-with-tls-profile-sample
 * @see https://learn.microsoft.com/windows/win32/eaphost/eaptlsconnectionpropertiesv1schema-servervalidationparameters-complextype
 * @see https://learn.microsoft.com/windows/win32/eaphost/eaptlsconnectionpropertiesv3schema-filterinfoparams-complextype
 * @see https://learn.microsoft.com/windows/client-management/mdm/eap-configuration
 */
export function oneXElement({ serverNames, trustedRootThumbprintsSha1 = [], clientIssuerThumbprintsSha1 = [] }: EapTlsTrust): XmlElement {
  const serverValidation = tls(
    'ServerValidation', {},
    tls('DisableUserPromptForServerValidation', {}, 'true'), tls('ServerNames', {}, serverNames.map(checkedServerName).join(';')),
    ...trustedRootThumbprintsSha1.map((thumbprint) => tls('TrustedRootCA', {}, spacedThumbprint(thumbprint, 'trustedRootThumbprintsSha1'))),
  );
  const eapType = tls(
    'EapType', {},
    tls('CredentialsSource', {}, tls('CertificateStore', {}, tls('SimpleCertSelection', {}, 'true'))), serverValidation, tls('DifferentUsername', {}, 'false'),
    tlsV2('PerformServerValidation', {}, 'true'), tlsV2('AcceptServerName', {}, 'true'),
    certificateFilter(clientIssuerThumbprintsSha1),
  );
  const method = host('EapMethod', {}, common('Type', {}, eapTlsType), common('VendorId', {}, '0'), common('VendorType', {}, '0'), common('AuthorId', {}, '0'));
  const config = host('Config', {}, base('Eap', {}, base('Type', {}, eapTlsType), eapType));
  return oneX('OneX', {}, oneX('authMode', {}, 'machine'), oneX('EAPConfig', {}, host('EapHostConfig', {}, method, config)));
}

/** The authorities, and client authentication, in the order of the schema; Microsoft's sample has other parts in another order. */
function certificateFilter(issuers: readonly string[]): XmlElement | undefined {
  if (issuers.length === 0) return undefined;
  const hashes = issuers.map((thumbprint) => tlsV3('IssuerHash', {}, spacedThumbprint(thumbprint, 'clientIssuerThumbprintsSha1')));
  return tlsV2('TLSExtensions', {}, tlsV3('FilteringInfo', {}, tlsV3('CAHashList', { Enabled: 'true' }, ...hashes), tlsV3('ClientAuthEKUList', { Enabled: 'true' })));
}

/** Windows splits the list at semicolons and reads the rest as a regular expression, so only what stands for itself is let through, dots aside. */
function checkedServerName(name: string): string {
  if (/^[A-Za-z0-9_.-]+$/.test(name)) return name;
  throw new RecoveryError('invalid-argument', 'server name of an EAP-TLS network: expected letters, digits, dots and hyphens', { fieldPath: 'serverNames' });
}

function spacedThumbprint(thumbprint: string, fieldPath: keyof EapTlsTrust): string {
  if (!/^[0-9A-Fa-f]{40}$/.test(thumbprint)) throw new RecoveryError('invalid-argument', 'thumbprint of an authority: expected 40 hexadecimal digits', { fieldPath });
  return (thumbprint.toLowerCase().match(/../g) ?? []).join(' ');
}
