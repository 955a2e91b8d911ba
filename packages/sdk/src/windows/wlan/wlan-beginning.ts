import { elementsIn, type XmlElement } from '../xml/xml-element.ts';
import { isPlainText, ssidHex } from './ssid.ts';

/** Namespace of WLAN profiles. Some of Microsoft's samples write it with `https` by mistake; the schema says this. @see https://learn.microsoft.com/openspecs/windows_protocols/ms-gpwl/34054c93-cfcd-44df-89d8-5f2ba7532b67 */
export const wlanNamespace = 'http://www.microsoft.com/networking/WLAN/profile/v1';

/** The beginning that all WLAN profiles share, in the order of the schema, up to and with `connectionMode`. */
export function wlanBeginning(name: string, ssid: string, isHidden: boolean): readonly XmlElement[] {
  const wlan = elementsIn(wlanNamespace);
  const asText = isPlainText(ssid) ? wlan('name', {}, ssid) : undefined;
  return [
    wlan('name', {}, name),
    wlan('SSIDConfig', {}, wlan('SSID', {}, wlan('hex', {}, ssidHex(ssid)), asText), isHidden ? wlan('nonBroadcast', {}, 'true') : undefined),
    wlan('connectionType', {}, 'ESS'),
    wlan('connectionMode', {}, 'auto'),
  ];
}
