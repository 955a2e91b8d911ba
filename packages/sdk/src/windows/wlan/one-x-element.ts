import { RecoveryError } from '../../errors/recovery-error.ts';
import { elementsIn, type XmlElement } from '../xml/xml-element.ts';

/** What is asked of the authentication server, and of nothing else: the client's certificate is Windows' own choice. */
export interface EapTlsTrust {
  /** Names that the server's certificate may have. */
  readonly serverNames: readonly string[];
  /** SHA-1 thumbprints of the roots that may have issued it. None means every root that the machine trusts. */
  readonly trustedRootThumbprintsSha1?: readonly string[];
}

const oneX = elementsIn('http://www.microsoft.com/networking/OneX/v1');
const host = elementsIn('http://www.microsoft.com/provisioning/EapHostConfig');
const common = elementsIn('http://www.microsoft.com/provisioning/EapCommon');
const base = elementsIn('http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1');
const tls = elementsIn('http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1');
const tlsV2 = elementsIn('http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV2');
const eapTlsType = '13';

/**
 * 802.1X with EAP-TLS for the machine, asking nobody: a certificate from the machine's store, the server checked by name and root.
 *
 * A profile cannot name the client's certificate. Windows takes one from the store that can authenticate clients and that the server's list of issuers allows,
 * so keep one there; the certificates must be installed before the profile is.
 *
 * @throws {RecoveryError} `invalid-argument` for a server name or thumbprint that the profile cannot hold
 * @see https://learn.microsoft.com/windows/win32/nativewifi/wpa2-enterprise-with-tls-profile-sample
 * @see https://learn.microsoft.com/windows/win32/eaphost/eaptlsconnectionpropertiesv1schema-servervalidationparameters-complextype
 */
export function oneXElement({ serverNames, trustedRootThumbprintsSha1 = [] }: EapTlsTrust): XmlElement {
  const serverValidation = tls(
    'ServerValidation', {},
    tls('DisableUserPromptForServerValidation', {}, 'true'), tls('ServerNames', {}, serverNames.map(checkedServerName).join(';')),
    ...trustedRootThumbprintsSha1.map((thumbprint) => tls('TrustedRootCA', {}, spacedThumbprint(thumbprint))),
  );
  const eapType = tls(
    'EapType', {},
    tls('CredentialsSource', {}, tls('CertificateStore', {}, tls('SimpleCertSelection', {}, 'true'))), serverValidation, tls('DifferentUsername', {}, 'false'),
    tlsV2('PerformServerValidation', {}, 'true'), tlsV2('AcceptServerName', {}, 'true'),
  );
  const method = host('EapMethod', {}, common('Type', {}, eapTlsType), common('VendorId', {}, '0'), common('VendorType', {}, '0'), common('AuthorId', {}, '0'));
  const config = host('Config', {}, base('Eap', {}, base('Type', {}, eapTlsType), eapType));
  return oneX('OneX', {}, oneX('authMode', {}, 'machine'), oneX('EAPConfig', {}, host('EapHostConfig', {}, method, config)));
}

/** Windows splits the list at semicolons and reads the rest as a regular expression, so only what stands for itself is let through, dots aside. */
function checkedServerName(name: string): string {
  if (/^[A-Za-z0-9_.-]+$/.test(name)) return name;
  throw new RecoveryError('invalid-argument', 'server name of an EAP-TLS network: expected letters, digits, dots and hyphens', { fieldPath: 'serverNames' });
}

function spacedThumbprint(thumbprint: string): string {
  if (!/^[0-9A-Fa-f]{40}$/.test(thumbprint)) throw new RecoveryError('invalid-argument', 'thumbprint of a trusted root: expected 40 hexadecimal digits', { fieldPath: 'trustedRootThumbprintsSha1' });
  return (thumbprint.toLowerCase().match(/../g) ?? []).join(' ');
}
