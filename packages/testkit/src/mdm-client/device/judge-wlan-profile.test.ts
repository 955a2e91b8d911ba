import { expect, test } from 'vitest';
import { hideWlanKey } from './hide-wlan-key.ts';
import { judgeWlanProfile } from './judge-wlan-profile.ts';

const key = '<sharedKey><keyType>passPhrase</keyType><protected>false</protected><keyMaterial>correct horse</keyMaterial></sharedKey>';
const profile = ({ authentication = 'WPA2PSK', shared = key, ssid = '<name>Office</name>' } = {}): string => `<?xml version="1.0"?><WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1"><name>Office</name><SSIDConfig><SSID>${ssid}</SSID></SSIDConfig><connectionType>ESS</connectionType><connectionMode>auto</connectionMode><MSM><security><authEncryption><authentication>${authentication}</authentication><encryption>AES</encryption><useOneX>false</useOneX></authEncryption>${shared}</security></MSM></WLANProfile>`;

test.each([
  ['a passphrase', profile()],
  ['a key of 64 hex digits', profile({ shared: key.replace('passPhrase', 'networkKey').replace('correct horse', 'aB'.repeat(32)) })],
  ['an SSID in hex', profile({ ssid: '<hex>4F6666696365</hex><name>Other</name>' })],
  ['SAE', profile({ authentication: 'WPA3SAE' })],
  ['an open network', profile({ authentication: 'open', shared: '' })],
])('%s is taken', (_, xml) => {
  expect(judgeWlanProfile(xml, 'Office')).toBeUndefined();
});

test.each([
  ['no XML', 'x', 'not-of-its-format', 'not well-formed'],
  ['another root', '<a/>', 'out-of-range', 'root'],
  ['the namespace of a wrong sample', profile().replace('http:', 'https:'), 'out-of-range', 'root'],
  ['another order', profile().replace('<connectionType>ESS</connectionType><connectionMode>auto</connectionMode>', '<connectionMode>auto</connectionMode><connectionType>ESS</connectionType>'), 'out-of-range', 'order'],
  ['another network', profile({ ssid: '<name>Lobby</name>' }), 'out-of-range', 'SSID'],
  ['another type', profile().replace('ESS', 'WDS'), 'out-of-range', 'connectionType'],
  ['no key', profile({ shared: '' }), 'out-of-range', 'no key'],
  ['a protected key', profile().replace('<protected>false', '<protected>true'), 'out-of-range', 'protected'],
  ['a short key', profile().replace('correct horse', 'short'), 'out-of-range', '8 to 63'],
  ['a key outside ASCII', profile().replace('correct horse', 'correct hörse'), 'out-of-range', '8 to 63'],
  ['a name of 256 characters', profile().replace('<name>Office</name><SSIDConfig>', `<name>${'n'.repeat(256)}</name><SSIDConfig>`), 'out-of-range', '255'],
])('%s is refused', (_, xml, refusal, reason) => {
  expect(judgeWlanProfile(xml, 'Office')).toMatchObject({ refusal, reason: expect.stringContaining(reason) as string });
});

test('what is read back keeps everything but the key', () => {
  const hidden = hideWlanKey(profile());
  expect(hidden).not.toContain('correct horse');
  expect(hidden).toContain('<protected>true</protected>');
  expect(hideWlanKey(profile())).toBe(hidden);
  expect(hideWlanKey(profile().replace('correct horse', 'other horse 1'))).not.toBe(hidden);
  expect(hidden.replace(/<protected>.*<\/keyMaterial>/, '')).toBe(profile().replace(/<protected>.*<\/keyMaterial>/, ''));
  expect(hideWlanKey(profile().replace('correct horse', '<![CDATA[correct horse]]>'))).not.toContain('correct horse');
  expect(hideWlanKey(profile({ shared: '' }))).toBe(profile({ shared: '' }));
});
