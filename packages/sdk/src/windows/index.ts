export { wlanProfileName, wlanProfileXml } from './wlan-profile.ts';
export type { PasswordWifiProfile } from './wlan-profile.ts';
export { readXml } from './xml/read-xml.ts';
export type { XmlLimits } from './xml/read-xml.ts';
export { escapeXmlText, writeXml } from './xml/write-xml.ts';
export type { WriteXmlOptions } from './xml/write-xml.ts';
export { childElements, element, elementsIn, findElement } from './xml/xml-element.ts';
export type { MakeElement, XmlAttributes, XmlElement } from './xml/xml-element.ts';
