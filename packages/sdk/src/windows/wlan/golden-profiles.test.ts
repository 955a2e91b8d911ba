import { expect, test } from 'vitest';
import { readXml } from '../xml/read-xml.ts';
import type { XmlElement } from '../xml/xml-element.ts';
import { lanProfileXml, wlanEapTlsProfileXml } from './eap-tls-profiles.ts';
import { wlanProfileXml } from './wlan-profile.ts';

// Microsoft's samples, written anew. Their pages have https in some namespaces by mistake; the schemas, and newer samples, have http.
const wlan = 'xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"';
const beginning = '<name>Sample</name><SSIDConfig><SSID><name>Sample</name></SSID></SSIDConfig><connectionType>ESS</connectionType><connectionMode>auto</connectionMode>';
const key = '<sharedKey><keyType>passPhrase</keyType><protected>false</protected><keyMaterial>TestPassword1!</keyMaterial></sharedKey>';
const sampleOf = (security: string): string => `<WLANProfile ${wlan}>${beginning}<MSM><security>${security}</security></MSM></WLANProfile>`;

/** https://learn.microsoft.com/windows/win32/nativewifi/wpa2-personal-profile-sample, without autoSwitch: the page calls false its default. */
const wpa2 = sampleOf(`<authEncryption><authentication>WPA2PSK</authentication><encryption>AES</encryption><useOneX>false</useOneX></authEncryption>${key}`);
/** https://learn.microsoft.com/windows/win32/nativewifi/wpa3-personal-transition-profile-sample */
const wpa3 = sampleOf('<authEncryption><authentication>WPA3SAE</authentication><encryption>AES</encryption><useOneX>false</useOneX>'
  + `<transitionMode xmlns="http://www.microsoft.com/networking/WLAN/profile/v4">true</transitionMode></authEncryption>${key}`);
/** https://learn.microsoft.com/windows/client-management/mdm/eap-configuration, with one authority and without key usages of one's own. */
const eapHost = (filter: string): string => '<EapHostConfig xmlns="http://www.microsoft.com/provisioning/EapHostConfig"><EapMethod>'
  + ['Type>13</Type', 'VendorId>0</VendorId', 'VendorType>0</VendorType', 'AuthorId>0</AuthorId'].map((part) => `<${part.replace('>', ' xmlns="http://www.microsoft.com/provisioning/EapCommon">')}>`).join('')
  + '</EapMethod><Config><Eap xmlns="http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1"><Type>13</Type>'
  + '<EapType xmlns="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1"><CredentialsSource><CertificateStore><SimpleCertSelection>true</SimpleCertSelection></CertificateStore></CredentialsSource>'
  + '<ServerValidation><DisableUserPromptForServerValidation>true</DisableUserPromptForServerValidation><ServerNames>radius.example.com</ServerNames></ServerValidation><DifferentUsername>false</DifferentUsername>'
  + '<PerformServerValidation xmlns="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV2">true</PerformServerValidation>'
  + `<AcceptServerName xmlns="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV2">true</AcceptServerName>${filter}</EapType></Eap></Config></EapHostConfig>`;
const filter = '<TLSExtensions xmlns="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV2"><FilteringInfo xmlns="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV3">'
  + `<CAHashList Enabled="true"><IssuerHash>${Array.from({ length: 20 }, () => 'ff').join(' ')}</IssuerHash></CAHashList><ClientAuthEKUList Enabled="true"/></FilteringInfo></TLSExtensions>`;
const oneX = (host: string): string => `<OneX xmlns="http://www.microsoft.com/networking/OneX/v1"><EAPConfig>${host}</EAPConfig></OneX>`;
/** https://learn.microsoft.com/windows/win32/nativewifi/wpa2-enterprise-with-tls-profile-sample */
const enterprise = (host: string): string => sampleOf(`<authEncryption><authentication>WPA2</authentication><encryption>AES</encryption><useOneX>true</useOneX></authEncryption>${oneX(host)}`);
/** https://learn.microsoft.com/windows/win32/nativewifi/machine-certificate-profile-sample */
const wired = (host: string): string =>
  `<LANProfile xmlns="http://www.microsoft.com/networking/LAN/profile/v1"><MSM><security><OneXEnforced>false</OneXEnforced><OneXEnabled>true</OneXEnabled>${oneX(host)}</security></MSM></LANProfile>`;

/** What we write beyond the samples, each with the place the schema gives it: behind which element of the sample it comes, or first. */
const beyondSamples = ['SSID/hex first', 'OneX/authMode first'];

/** Walks both in order. Everything of the sample must be in ours, alike and in its order; what ours has more is listed. */
function additions(sample: XmlElement, ours: XmlElement): string[] {
  expect([ours.name, ours.namespace, ours.attributes, ours.text]).toEqual([sample.name, sample.namespace, sample.attributes, sample.text]);
  const waiting = [...sample.children];
  let last = 'first';
  const found = ours.children.flatMap((child) => {
    const [next] = waiting;
    if (next === undefined || next.name !== child.name) return [`${ours.name}/${child.name} ${last}`];
    waiting.shift();
    last = `behind ${child.name}`;
    return additions(next, child);
  });
  expect(waiting.map(({ name }) => `${ours.name} without ${name}`)).toEqual([]);
  return found;
}

const shared = { ssid: 'Sample', key: { secret: 'wifi' }, hidden: false };
const clientCertificate = { storeName: 'My', thumbprintSha1: 'a'.repeat(40) };
const wifiTls = { kind: 'wifi-eap-tls' as const, ssid: 'Sample', clientCertificate, serverNames: ['radius.example.com'] };
const wiredTls = { kind: 'ethernet-eap-tls' as const, interfaceName: 'Ethernet', clientCertificate, serverNames: ['radius.example.com'] };
const issuer = { clientIssuerThumbprintsSha1: ['FF'.repeat(20)] };

test.each([
  ['WPA2 with a password', wpa2, wlanProfileXml({ kind: 'wifi-wpa2-psk', ...shared }, 'TestPassword1!'), beyondSamples.slice(0, 1)],
  ['WPA3 that takes WPA2 access points', wpa3, wlanProfileXml({ kind: 'wifi-wpa3-sae', ...shared, transition: true }, 'TestPassword1!'), beyondSamples.slice(0, 1)],
  ['WPA2-Enterprise with EAP-TLS', enterprise(eapHost('')), wlanEapTlsProfileXml(wifiTls), beyondSamples],
  ['the same with certificates of one authority', enterprise(eapHost(filter)), wlanEapTlsProfileXml(wifiTls, issuer), beyondSamples],
  ['a wired network with EAP-TLS', wired(eapHost('')), lanProfileXml(wiredTls), beyondSamples.slice(1)],
  ['the same with certificates of one authority', wired(eapHost(filter)), lanProfileXml(wiredTls, issuer), beyondSamples.slice(1)],
])('the profile of %s is that of Microsoft’s sample, element for element', (_what, sample, ours, more) => {
  expect(additions(readXml(sample), readXml(ours))).toEqual(more);
});

test('a profile is XML whatever its SSID and key hold, and both come back as they were', () => {
  const awkward = `<&>"']]>`;
  const profile = readXml(wlanProfileXml({ kind: 'wifi-wpa2-psk', ...shared, ssid: awkward }, `${awkward}12345678`));
  const texts = (element: XmlElement): string[] => (element.children.length > 0 ? element.children.flatMap(texts) : [element.text]);
  expect(texts(profile)).toEqual([awkward, '3C263E22275D5D3E', awkward, 'ESS', 'auto', 'WPA2PSK', 'AES', 'false', 'passPhrase', 'false', `${awkward}12345678`]);
});
