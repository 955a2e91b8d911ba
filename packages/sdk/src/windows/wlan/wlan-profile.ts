import { RecoveryError } from '../../errors/recovery-error.ts';
import type { NetworkProfile } from '../../schemas/network.ts';
import { elementsIn } from '../xml/xml-element.ts';
import { isPlainText, ssidHex } from './ssid.ts';
import { wlanBeginning, wlanNamespace } from './wlan-beginning.ts';
import { writeProfile } from './write-profile.ts';

/** The Wi-Fi networks whose profile is built here: those with a password. */
export type PasswordWifiProfile = Extract<NetworkProfile, { kind: 'wifi-wpa2-psk' | 'wifi-wpa3-sae' }>;

const make = elementsIn(wlanNamespace);
const transitionNamespace = 'http://www.microsoft.com/networking/WLAN/profile/v4';

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
  const isWpa3 = profile.kind === 'wifi-wpa3-sae';
  const transition = isWpa3 ? elementsIn(transitionNamespace)('transitionMode', {}, String(profile.transition)) : undefined;
  const authEncryption = make(
    'authEncryption', {},
    make('authentication', {}, isWpa3 ? 'WPA3SAE' : 'WPA2PSK'), make('encryption', {}, 'AES'), make('useOneX', {}, 'false'), transition,
  );
  const sharedKey = make('sharedKey', {}, make('keyType', {}, keyType), make('protected', {}, 'false'), make('keyMaterial', {}, key));
  const beginning = wlanBeginning(wlanProfileName(profile.ssid), profile.ssid, profile.hidden);
  return writeProfile(make('WLANProfile', {}, ...beginning, make('MSM', {}, make('security', {}, authEncryption, sharedKey))));
}

/**
 * The name a profile is stored under, by which netsh finds it again: the SSID, as the page wants it. Our own rule for SSIDs that are not plain text: their hexadecimal form.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/wifi-csp
 */
export function wlanProfileName(ssid: string): string {
  return isPlainText(ssid) ? ssid : ssidHex(ssid);
}

function keyTypeOf(profile: PasswordWifiProfile, key: string): 'passPhrase' | 'networkKey' {
  if (profile.kind === 'wifi-wpa2-psk' && /^[0-9A-Fa-f]{64}$/.test(key)) return 'networkKey';
  if (/^[\x20-\x7e]{8,63}$/.test(key)) return 'passPhrase';
  const expected = profile.kind === 'wifi-wpa2-psk' ? '8 to 63 printable ASCII characters or 64 hexadecimal digits' : '8 to 63 printable ASCII characters';
  throw new RecoveryError('invalid-argument', `Wi-Fi key of ${profile.ssid}: expected ${expected}`, { fieldPath: 'key' });
}
