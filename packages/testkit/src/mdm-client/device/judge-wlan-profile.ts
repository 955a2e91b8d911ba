import { RecoveryError } from '@winre-kit/sdk';
import { childOf, findDeep, textOf } from '../syncml/find-element.ts';
import { readMessageXml, type MessageElement } from '../syncml/read-message-xml.ts';
import type { Refusal } from './judge-value.ts';

const profileNamespace = 'http://www.microsoft.com/networking/WLAN/profile/v1';
const childOrder = ['name', 'SSIDConfig', 'Hotspot2', 'connectionType', 'connectionMode', 'autoSwitch', 'MSM', 'IHV'];

/**
 * Why Windows would not take a WLAN profile for the network of that name, or undefined. The messages quote nothing of the profile: it holds a password.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-gpwl/34054c93-cfcd-44df-89d8-5f2ba7532b67
 */
export function judgeWlanProfile(xml: string, ssid: string): Refusal | undefined {
  let profile: MessageElement;
  try {
    profile = readMessageXml(xml);
  } catch (error) {
    if (!RecoveryError.isInstance(error)) throw error;
    return { refusal: 'not-of-its-format', reason: 'the WLAN profile is not well-formed XML' };
  }
  const refuse = (reason: string): Refusal => ({ refusal: 'out-of-range', reason: `WLAN profile: ${reason}` });
  if (profile.name !== 'WLANProfile' || profile.namespace !== profileNamespace) return refuse('the root is not WLANProfile of version 1');
  const places = profile.children.filter(({ namespace }) => namespace === profileNamespace).map(({ name }) => childOrder.indexOf(name));
  if (places.some((place, index) => place < 0 || place < (places[index - 1] ?? 0))) return refuse('elements are not in the order of the schema');
  const profileName = textOf(profile, 'name') ?? '';
  if (profileName.length < 1 || profileName.length > 255) return refuse('the name has to have 1 to 255 characters');
  const ssids = childOf(profile, 'SSIDConfig')?.children.filter(({ name }) => name === 'SSID') ?? [];
  if (!ssids.some((element) => nameOfSsid(element) === ssid)) return refuse('no SSID of it is the name of its node');
  if (!['ESS', 'IBSS'].includes(textOf(profile, 'connectionType') ?? '')) return refuse('connectionType has to be ESS or IBSS');
  const encryption = findDeep(profile, 'authEncryption');
  if (!encryption) return refuse('it says nothing of authentication');
  return judgeKey(textOf(encryption, 'authentication') ?? '', findDeep(profile, 'sharedKey'), refuse);
}

function judgeKey(authentication: string, key: MessageElement | undefined, refuse: (reason: string) => Refusal): Refusal | undefined {
  const needsKey = ['WPAPSK', 'WPA2PSK', 'WPA3SAE'].includes(authentication);
  if (!key) return needsKey ? refuse('it has no key, and nobody is there to be asked for one') : undefined;
  if (textOf(key, 'protected') !== 'false') return refuse('a protected key can be read on the machine that protected it only');
  const material = childOf(key, 'keyMaterial')?.text ?? '';
  const isRight = textOf(key, 'keyType') === 'networkKey' ? /^[0-9A-Fa-f]{64}$/.test(material) : /^[\x20-\x7e]{8,63}$/.test(material);
  return needsKey && !isRight ? refuse('the key is neither 8 to 63 printable ASCII characters nor 64 hex digits') : undefined;
}

function nameOfSsid(ssid: MessageElement): string | undefined {
  const hex = textOf(ssid, 'hex');
  return hex === undefined ? childOf(ssid, 'name')?.text : new TextDecoder().decode(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}
