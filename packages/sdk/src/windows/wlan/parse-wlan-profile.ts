import { RecoveryError } from '../../errors/recovery-error.ts';
import { readXml, type XmlLimits } from '../xml/read-xml.ts';
import { childElements, findElement, type XmlElement } from '../xml/xml-element.ts';
import { isPlainText, ssidHex } from './ssid.ts';
import { wlanNamespace } from './wlan-beginning.ts';

/** What a WLAN profile says, without its key. */
export interface ParsedWlanProfile {
  readonly name: string;
  /** In the order of the profile; several mean any of them. */
  readonly ssids: readonly { readonly hex: string; /** Absent when the bytes are no plain text in UTF-8. */ readonly text?: string }[];
  readonly isHidden: boolean;
  /** As written: `WPA2PSK`, `WPA3SAE`, `WPA2`, `open` and others. */
  readonly authentication: string;
  /** As written: `AES`, `TKIP`, `none` and others. */
  readonly encryption: string;
  readonly usesOneX: boolean;
  /** Absent unless the profile says it. */
  readonly isTransitionMode?: boolean;
  /** `protected` keys were encrypted by the machine that gave the profile and say nothing to others. */
  readonly key: 'none' | 'clear' | 'protected';
}

const transitionName = '{http://www.microsoft.com/networking/WLAN/profile/v4}transitionMode';
const rootNamespaces: readonly string[] = [wlanNamespace, wlanNamespace.replace('http:', 'https:')];

/**
 * Reads a WLAN profile, to compare what a device has with what it should have. The key is not in the result, nor in any message.
 *
 * @throws {RecoveryError} `invalid-argument` for what is no WLAN profile
 * @see https://learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-schema
 */
export function parseWlanProfile(xml: Uint8Array | string, limits: XmlLimits = {}): ParsedWlanProfile {
  const root = readXml(xml, limits);
  if (root.name !== 'WLANProfile' || !rootNamespaces.includes(root.namespace)) throw new RecoveryError('invalid-argument', 'expected a WLAN profile');
  const security = required(root, 'MSM', 'security');
  const transition = findElement(security, 'authEncryption', transitionName);
  return {
    name: required(root, 'name').text,
    ssids: childElements(required(root, 'SSIDConfig'), 'SSID').map(ssidOf),
    isHidden: isTrue(findElement(root, 'SSIDConfig', 'nonBroadcast')),
    authentication: required(security, 'authEncryption', 'authentication').text.trim(),
    encryption: required(security, 'authEncryption', 'encryption').text.trim(),
    usesOneX: isTrue(findElement(security, 'authEncryption', 'useOneX')),
    ...(transition && { isTransitionMode: isTrue(transition) }),
    key: keyOf(findElement(security, 'sharedKey')),
  };
}

function keyOf(sharedKey: XmlElement | undefined): ParsedWlanProfile['key'] {
  if (sharedKey === undefined || findElement(sharedKey, 'keyMaterial') === undefined) return 'none';
  return isTrue(findElement(sharedKey, 'protected')) ? 'protected' : 'clear';
}

/** Where both are there, Windows goes by the bytes. */
function ssidOf(ssid: XmlElement): ParsedWlanProfile['ssids'][number] {
  const written = findElement(ssid, 'hex')?.text.trim().toUpperCase();
  const hex = written ?? ssidHex(required(ssid, 'name').text);
  if (!/^(?:[0-9A-F]{2}){1,32}$/.test(hex)) throw new RecoveryError('invalid-argument', 'WLAN profile whose SSID is not 1 to 32 bytes');
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return isPlainText(text) && ssidHex(text) === hex ? { hex, text } : { hex };
}

function required(parent: XmlElement, ...names: readonly string[]): XmlElement {
  const found = findElement(parent, ...names);
  if (found === undefined) throw new RecoveryError('invalid-argument', `WLAN profile without ${names.join('/')} in ${parent.name}`);
  return found;
}

function isTrue(element: XmlElement | undefined): boolean {
  return element !== undefined && ['true', '1'].includes(element.text.trim());
}
