import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wlanProfileXml, wlanProfileName } from './wlan-profile.ts';

const home = { kind: 'wifi-wpa2-psk', ssid: 'Depot & Co', key: { secret: 'wifi' }, hidden: true } as const;

test('a WPA2 profile has the elements Windows wants, in order, with the key in clear', () => {
  const xml = wlanProfileXml(home, 'correct <horse>');
  expect(xml.match(/<(?!\/|\?)(\w+)/g)?.map((tag) => tag.slice(1))).toEqual([
    'WLANProfile', 'name', 'SSIDConfig', 'SSID', 'hex', 'name', 'nonBroadcast', 'connectionType', 'connectionMode', 'MSM', 'security',
    'authEncryption', 'authentication', 'encryption', 'useOneX', 'sharedKey', 'keyType', 'protected', 'keyMaterial',
  ]);
  expect(xml).toContain('<name>Depot &amp; Co</name>');
  expect(xml).toContain('<hex>4465706F74202620436F</hex>');
  expect(xml).toContain('<authentication>WPA2PSK</authentication><encryption>AES</encryption><useOneX>false</useOneX>');
  expect(xml).toContain('<keyType>passPhrase</keyType><protected>false</protected><keyMaterial>correct &lt;horse&gt;</keyMaterial>');
});

test('64 hexadecimal digits are the WPA2 key itself, never a WPA3 one', () => {
  const digits = 'a1'.repeat(32);
  expect(wlanProfileXml(home, digits)).toContain('<keyType>networkKey</keyType>');
  expect(() => wlanProfileXml({ ...home, kind: 'wifi-wpa3-sae', transition: true }, digits)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('WPA3 says whether WPA2 access points of the same network count, in the v4 namespace', () => {
  const xml = wlanProfileXml({ kind: 'wifi-wpa3-sae', ssid: 'depot', key: { secret: 'wifi' }, hidden: false, transition: false }, 'correct horse');
  expect(xml).toContain('<authentication>WPA3SAE</authentication>');
  expect(xml).toContain('<transitionMode xmlns="http://www.microsoft.com/networking/WLAN/profile/v4">false</transitionMode>');
  expect(xml).not.toContain('nonBroadcast');
});

test('a key that is too short or not ASCII is refused without being quoted', () => {
  for (const key of ['short', 'pässwörter', 'x'.repeat(65)]) {
    expect(() => wlanProfileXml(home, key)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining(key) }));
  }
});

test('an SSID with control characters goes by its hexadecimal form', () => {
  expect(wlanProfileName('a\u0001')).toBe('6101');
  expect(wlanProfileXml({ ...home, ssid: 'a\u0001' }, 'correct horse')).toContain('<name>6101</name>');
});

test('no SSID and no key breaks out of its element', () => {
  const ssid = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
  const key = fc.string({ minLength: 8, maxLength: 63, unit: 'grapheme-ascii' });
  fc.assert(fc.property(ssid, key, (name, passphrase) => {
    const tags = wlanProfileXml({ ...home, ssid: name }, passphrase).match(/<[^>]*>/g) ?? [];
    expect(tags.filter((tag) => !/^<[/?]?\w+( \w+="[^"]*")?\??>$/.test(tag))).toEqual([]);
  }));
});
