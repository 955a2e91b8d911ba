import { RecoveryError } from '../errors/recovery-error.ts';
import type { NetworkProfile } from '../schemas/network.ts';

/** The Wi-Fi networks whose profile is built here: those with a password. */
export type PasswordWifiProfile = Extract<NetworkProfile, { kind: 'wifi-wpa2-psk' | 'wifi-wpa3-sae' }>;

const namespaceV1 = 'http://www.microsoft.com/networking/WLAN/profile/v1';
const namespaceV4 = 'http://www.microsoft.com/networking/WLAN/profile/v4';

/**
 * Builds the WLAN profile that `netsh wlan add profile` and the WiFi CSP take.
 *
 * The text holds the key in clear (`protected` is false: an encrypted key works on the machine that encrypted it only), so it is a secret:
 * keep it out of logs and delete the file it was written to.
 *
 * @param key 8 to 63 printable ASCII characters, or for WPA2 also the 64 hexadecimal digits of the key itself
 * @throws {RecoveryError} `invalid-argument` for a key the standard does not allow; the key is never quoted
 * @see https://learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-schema
 */
export function wlanProfileXml(profile: PasswordWifiProfile, key: string): string {
  const keyType = keyTypeOf(profile, key);
  const [authentication, transition] =
    profile.kind === 'wifi-wpa2-psk' ? ['WPA2PSK', ''] : ['WPA3SAE', `<transitionMode xmlns="${namespaceV4}">${profile.transition}</transitionMode>`];
  const nonBroadcast = profile.hidden ? '<nonBroadcast>true</nonBroadcast>' : '';
  return [
    '<?xml version="1.0"?>',
    `<WLANProfile xmlns="${namespaceV1}">`,
    `<name>${escapeXml(wlanProfileName(profile.ssid))}</name>`,
    `<SSIDConfig><SSID>${ssidElements(profile.ssid)}</SSID>${nonBroadcast}</SSIDConfig>`,
    '<connectionType>ESS</connectionType>',
    '<connectionMode>auto</connectionMode>',
    '<MSM><security>',
    `<authEncryption><authentication>${authentication}</authentication><encryption>AES</encryption><useOneX>false</useOneX>${transition}</authEncryption>`,
    `<sharedKey><keyType>${keyType}</keyType><protected>false</protected><keyMaterial>${escapeXml(key)}</keyMaterial></sharedKey>`,
    '</security></MSM>',
    '</WLANProfile>',
    '',
  ].join('\n');
}

/** The name a profile is stored under, by which netsh finds it again. SSIDs that are not plain text go by their hexadecimal form. */
export function wlanProfileName(ssid: string): string {
  return isPlainText(ssid) ? ssid : ssidHex(ssid);
}

function ssidElements(ssid: string): string {
  const name = isPlainText(ssid) ? `<name>${escapeXml(ssid)}</name>` : '';
  return `<hex>${ssidHex(ssid)}</hex>${name}`;
}

function ssidHex(ssid: string): string {
  return Array.from(new TextEncoder().encode(ssid), (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

function keyTypeOf(profile: PasswordWifiProfile, key: string): 'passPhrase' | 'networkKey' {
  if (profile.kind === 'wifi-wpa2-psk' && /^[0-9A-Fa-f]{64}$/.test(key)) return 'networkKey';
  if (/^[\x20-\x7e]{8,63}$/.test(key)) return 'passPhrase';
  const expected = profile.kind === 'wifi-wpa2-psk' ? '8 to 63 printable ASCII characters or 64 hexadecimal digits' : '8 to 63 printable ASCII characters';
  throw new RecoveryError('invalid-argument', `Wi-Fi key of ${profile.ssid}: expected ${expected}`, { fieldPath: 'key' });
}

function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\p{Cn}]/u.test(text) && text.trim() === text;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;');
}
