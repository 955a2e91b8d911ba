import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkKindSchema } from '../../schemas/network.ts';
import { lanProfileXml, wlanEapTlsProfileXml } from './eap-tls-profiles.ts';
import { judgeWinreNetwork } from './judge-winre-network.ts';
import { parseWlanProfile } from './parse-wlan-profile.ts';
import { wlanProfileName, wlanProfileXml } from './wlan-profile.ts';

const clientCertificate = { storeName: 'My', thumbprintSha1: 'a'.repeat(40) };
const wifi = { kind: 'wifi-eap-tls' as const, ssid: 'Depot', clientCertificate, serverNames: ['radius.example.com', 'radius2.example.com'] };
const wired = { kind: 'ethernet-eap-tls' as const, interfaceName: 'Ethernet', clientCertificate, serverNames: ['radius.example.com'] };
const tagsOf = (xml: string): string => xml.match(/<(?![/?])\w+/g)?.map((tag) => tag.slice(1)).join(' ') ?? '';
const oneXTags = 'OneX authMode EAPConfig EapHostConfig EapMethod Type VendorId VendorType AuthorId Config Eap Type EapType '
  + 'CredentialsSource CertificateStore SimpleCertSelection ServerValidation DisableUserPromptForServerValidation ServerNames TrustedRootCA DifferentUsername PerformServerValidation AcceptServerName';

test('an EAP-TLS network has the elements of Microsoft’s sample in order, asks nobody, and checks the server', () => {
  const xml = wlanEapTlsProfileXml(wifi, { trustedRootThumbprintsSha1: ['0A'.repeat(20)] });
  expect(tagsOf(xml)).toBe(`WLANProfile name SSIDConfig SSID hex name connectionType connectionMode MSM security authEncryption authentication encryption useOneX ${oneXTags}`);
  expect(xml).toContain('<authentication>WPA2</authentication><encryption>AES</encryption><useOneX>true</useOneX>');
  expect(xml).toContain('<OneX xmlns="http://www.microsoft.com/networking/OneX/v1"><authMode>machine</authMode>');
  expect(xml).toContain('<Type xmlns="http://www.microsoft.com/provisioning/EapCommon">13</Type>');
  expect(xml).toContain('<Eap xmlns="http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1"><Type>13</Type>');
  expect(xml).toContain(`<ServerNames>radius.example.com;radius2.example.com</ServerNames><TrustedRootCA>${Array.from({ length: 20 }, () => '0a').join(' ')}</TrustedRootCA>`);
  expect(parseWlanProfile(xml)).toEqual({ name: 'Depot', ssids: [{ hex: '4465706F74', text: 'Depot' }], isHidden: false, authentication: 'WPA2', encryption: 'AES', usesOneX: true, key: 'none' });
});

test('a wired network tries 802.1X and works without', () => {
  const xml = lanProfileXml(wired);
  expect(tagsOf(xml)).toBe(`LANProfile MSM security OneXEnforced OneXEnabled ${oneXTags.replace(' TrustedRootCA', '')}`);
  expect(xml).toContain('<LANProfile xmlns="http://www.microsoft.com/networking/LAN/profile/v1"><MSM><security><OneXEnforced>false</OneXEnforced><OneXEnabled>true</OneXEnabled>');
});

test('server names that would be a pattern or two names, and thumbprints that are none, are refused', () => {
  for (const name of ['a;b', '.*|', '(a)', '', 'a b', 'ä']) expect(() => lanProfileXml({ ...wired, serverNames: [name] })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  for (const field of ['trustedRootThumbprintsSha1', 'clientIssuerThumbprintsSha1'] as const) {
    for (const thumbprint of ['00', 'a'.repeat(64), `${'a'.repeat(39)}<`, '']) expect(() => wlanEapTlsProfileXml(wifi, { [field]: [thumbprint] })).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: field }));
  }
});

const ssid = fc.string({ minLength: 1, maxLength: 8, unit: 'binary' }).filter((name) => name.isWellFormed() && new TextEncoder().encode(name).length <= 32);
const passphrase = fc.string({ minLength: 8, maxLength: 63, unit: 'grapheme-ascii' });

test('what a profile says is read back, but never its key', () => {
  fc.assert(fc.property(ssid, passphrase, fc.boolean(), fc.constantFrom(undefined, true, false), (name, key, hidden, transition) => {
    const shared = { ssid: name, key: { secret: 'wifi' }, hidden };
    const parsed = parseWlanProfile(wlanProfileXml(transition === undefined ? { kind: 'wifi-wpa2-psk', ...shared } : { kind: 'wifi-wpa3-sae', ...shared, transition }, key));
    const bytes = Buffer.from(name);
    expect(parsed).toEqual({
      name: wlanProfileName(name), isHidden: hidden, encryption: 'AES', usesOneX: false, key: 'clear', authentication: transition === undefined ? 'WPA2PSK' : 'WPA3SAE',
      ...(transition !== undefined && { isTransitionMode: transition }),
      ssids: [wlanProfileName(name) === name ? { hex: bytes.toString('hex').toUpperCase(), text: name } : { hex: bytes.toString('hex').toUpperCase() }],
    });
  }));
});

test('profiles of others are read: several SSIDs, names alone, bytes that are no text, encrypted keys, https by mistake', () => {
  const of = (ssids: string, security: string): string => `<WLANProfile xmlns="https://www.microsoft.com/networking/WLAN/profile/v1"><name>n</name><SSIDConfig>${ssids}</SSIDConfig><MSM><security>${security}</security></MSM></WLANProfile>`;
  const security = '<authEncryption><authentication> WPA2PSK </authentication><encryption>AES</encryption></authEncryption><sharedKey><protected>true</protected><keyMaterial>01</keyMaterial></sharedKey>';
  expect(parseWlanProfile(of('<SSID><name>Bär</name></SSID><SSID><hex>ff00</hex><name>x</name></SSID><nonBroadcast>1</nonBroadcast>', security))).toEqual({
    name: 'n', ssids: [{ hex: '42C3A472', text: 'Bär' }, { hex: 'FF00' }], isHidden: true, authentication: 'WPA2PSK', encryption: 'AES', usesOneX: false, key: 'protected',
  });
  const without = [of('', ''), of(`<SSID><hex>${'00'.repeat(33)}</hex></SSID>`, security), of('<SSID><hex>canary</hex></SSID>', security), '<WLANProfile/>', '<LANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"/>', 'canary'];
  for (const xml of without) expect(() => parseWlanProfile(xml)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('canary') }));
});

test('WinRE joins wired networks and Wi-Fi with a WPA2 password; everything else only when the agent says so', () => {
  const allowed = networkKindSchema.options.filter((kind) => judgeWinreNetwork({ kind }).isAllowed);
  expect(allowed).toEqual(['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk']);
  expect(judgeWinreNetwork({ kind: 'wifi-wpa3-sae' }).reason).toContain('use wifi-wpa2-psk');
  expect(judgeWinreNetwork({ kind: 'proxy' }, ['wifi-eap-tls']).isAllowed).toBe(false);
  expect(judgeWinreNetwork({ kind: 'wifi-eap-tls' }, ['wifi-eap-tls'])).toEqual({ isAllowed: true, reason: 'the device’s agent says that it joins wifi-eap-tls' });
});
