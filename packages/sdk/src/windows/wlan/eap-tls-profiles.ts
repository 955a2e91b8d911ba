import type { NetworkProfile } from '../../schemas/network.ts';
import { elementsIn } from '../xml/xml-element.ts';
import { oneXElement, type EapTlsTrust } from './one-x-element.ts';
import { wlanBeginning, wlanNamespace } from './wlan-beginning.ts';
import { wlanProfileName } from './wlan-profile.ts';
import { writeProfile } from './write-profile.ts';

/** What a profile can say about trust beyond the network's own `serverNames`. */
export type EapTlsOptions = Omit<EapTlsTrust, 'serverNames'>;

const wlan = elementsIn(wlanNamespace);
const lan = elementsIn('http://www.microsoft.com/networking/LAN/profile/v1');

/**
 * Builds the WLAN profile of a WPA2-Enterprise network with EAP-TLS. Holds no secret. WinRE does not join such networks today: {@link judgeWinreNetwork}.
 *
 * `clientCertificate` is not in it, since a profile names an authority and no certificate: give {@link EapTlsTrust.clientIssuerThumbprintsSha1}.
 *
 * @throws {RecoveryError} `invalid-argument` for a server name or thumbprint that the profile cannot hold
 * @see https://learn.microsoft.com/windows/win32/nativewifi/wpa2-enterprise-with-tls-profile-sample
 */
export function wlanEapTlsProfileXml(profile: Extract<NetworkProfile, { kind: 'wifi-eap-tls' }>, options: EapTlsOptions = {}): string {
  const authEncryption = wlan('authEncryption', {}, wlan('authentication', {}, 'WPA2'), wlan('encryption', {}, 'AES'), wlan('useOneX', {}, 'true'));
  const security = wlan('security', {}, authEncryption, oneXElement({ ...options, serverNames: profile.serverNames }));
  return writeProfile(wlan('WLANProfile', {}, ...wlanBeginning(wlanProfileName(profile.ssid), profile.ssid, false), wlan('MSM', {}, security)));
}

/**
 * Builds the profile of a wired network with 802.1X and EAP-TLS, for `netsh lan add profile`. Ports without 802.1X work with it, too: it is tried, not enforced.
 * WinRE does not join such networks today: {@link judgeWinreNetwork}.
 *
 * @throws {RecoveryError} `invalid-argument` for a server name or thumbprint that the profile cannot hold
 * @see https://learn.microsoft.com/windows/win32/nativewifi/lan-profileschema-schema
 * @see https://learn.microsoft.com/windows/win32/nativewifi/machine-certificate-profile-sample
 */
export function lanProfileXml(profile: Extract<NetworkProfile, { kind: 'ethernet-eap-tls' }>, options: EapTlsOptions = {}): string {
  const security = lan('security', {}, lan('OneXEnforced', {}, 'false'), lan('OneXEnabled', {}, 'true'), oneXElement({ ...options, serverNames: profile.serverNames }));
  return writeProfile(lan('LANProfile', {}, lan('MSM', {}, security)));
}
