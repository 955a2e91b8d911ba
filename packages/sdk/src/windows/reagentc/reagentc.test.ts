import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRecoverySettingsXml } from './parse-recovery-settings-xml.ts';
import { applySettingsSequence, recoveryCommandSequence, type RecoveryPurpose } from './recovery-command-sequences.ts';
import { recoverySettingsXml } from './recovery-settings-xml.ts';
import { redactRecoverySettings } from './redact-recovery-settings.ts';

const on = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 4_320 };
const off = { ...on, autoRemediation: false, cloudRemediation: false };

test('a settings file has the elements and attributes of Microsoft’s page', () => {
  expect(recoverySettingsXml(on, { ssid: 'Depot & Co', password: 'correct "horse"' })).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><WindowsRE><WifiCredential><Wifi ssid="Depot &amp; Co" password="correct &quot;horse&quot;"/></WifiCredential>'
    + '<CloudRemediation state="1"/><AutoRemediation state="1" totalwaittime="4320" waitinterval="30"/></WindowsRE>',
  );
  expect(recoverySettingsXml(off)).toBe('<?xml version="1.0" encoding="UTF-8"?><WindowsRE><CloudRemediation state="0"/><AutoRemediation state="0"/></WindowsRE>');
});

test('a password or name that does not belong into a settings file is refused without being quoted', () => {
  for (const password of ['canary', 'canäry-canäry', `canary${'x'.repeat(60)}`]) {
    expect(() => recoverySettingsXml(on, { ssid: 'Depot', password })).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('can') }));
  }
  for (const ssid of ['', 'a\n', '\ud800', 'x'.repeat(33)]) expect(() => recoverySettingsXml(on, { ssid, password: 'correct horse' })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

const minutes = fc.integer({ min: 1, max: 4_320 });
const policy = fc.record({ cloudRemediation: fc.boolean(), autoRemediation: fc.boolean(), retryIntervalMinutes: minutes, timeToRebootMinutes: minutes });
const ssid = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((name) => new TextEncoder().encode(name).length <= 32);
const secretPassword = fc.string({ minLength: 8, maxLength: 63, unit: fc.constantFrom('Q', 'X', 'Z', '"', "'", '<', '>', '&', '=', ' ') }).filter((password) => /[QXZ]/.test(password));

test('what was written is read back, but for the password', () => {
  fc.assert(fc.property(policy, fc.option(ssid, { nil: undefined }), secretPassword, (written, name, password) => {
    const { autoRemediation, cloudRemediation, ...times } = written;
    const parsed = parseRecoverySettingsXml(`Words of the tool:\r\n${recoverySettingsXml(written, name === undefined ? undefined : { ssid: name, password })}\r\nREAGENTC.EXE: done.`);
    expect(parsed).toEqual({ remediation: { cloudRemediation, autoRemediation, ...(autoRemediation ? times : {}) }, unknown: [], ...(name !== undefined && { wifi: { ssid: name, hasPassword: true } }) });
    expect(JSON.stringify({ ...parsed, wifi: undefined })).not.toMatch(/[QXZ]/);
  }));
});

test('unknown members are named, unknown values too, neither is repeated, and what is no settings file is refused', () => {
  const xml = '<WindowsRE><CloudRemediation state="canary"/><AutoRemediation state="1" waitinterval="-1" headless="canary"/><Later canary="x"/><WifiCredential><Wifi ssid="Depot"/></WifiCredential></WindowsRE>';
  expect(parseRecoverySettingsXml(xml)).toEqual({
    remediation: { autoRemediation: true }, wifi: { ssid: 'Depot', hasPassword: false },
    unknown: ['CloudRemediation@state', 'AutoRemediation@waitinterval', 'AutoRemediation@headless', 'Later'],
  });
  for (const text of ['', 'canary', '<a/>', '<WindowsRE canary', '<!DOCTYPE a><WindowsRE>', '</WindowsRE>']) {
    expect(() => parseRecoverySettingsXml(text)).toThrow(expect.objectContaining({ code: 'invalid-argument', message: expect.not.stringContaining('canary') }));
  }
});

const respellings: readonly ((xml: string) => string)[] = [
  (xml) => xml,
  (xml) => xml.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
  (xml) => JSON.stringify({ output: xml }),
  (xml) => xml.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  (xml) => Array.from(xml).join('\0'),
  (xml) => xml.replace('password=', 'PassWord\n = \t').replace('<Cloud', '\r\n<Cloud'),
  (xml) => xml.replace(/(ssid="[^"]*") (password="[^"]*")/, '$2 $1'),
];

test('nothing of a password is left in the tool’s answer, however it was spelled and wherever it was cut off', () => {
  fc.assert(fc.property(secretPassword, fc.constantFrom(...respellings), fc.nat(400), (password, respell, length) => {
    const printed = respell(recoverySettingsXml(on, { ssid: 'Depot', password }));
    expect(redactRecoverySettings(printed)).not.toMatch(/[QXZ]/);
    expect(redactRecoverySettings(printed.slice(0, length))).not.toMatch(/[QXZ]/);
    expect(redactRecoverySettings(redactRecoverySettings(printed))).toBe(redactRecoverySettings(printed));
  }), { numRuns: 1_000 });
});

test('what is no password stays', () => {
  const xml = recoverySettingsXml(on, { ssid: 'Depot', password: 'correct horse' });
  expect(redactRecoverySettings(`before\n${xml}\nafter`)).toBe(`before\n${xml.replace('correct horse', '«secret»')}\nafter`);
  expect(redactRecoverySettings('<Wifi ssid="b" password="a"/>"a"/></WifiCredential><b/>')).toBe('<Wifi ssid="b" password="«secret»"/></WifiCredential><b/>');
  expect(redactRecoverySettings('{"ssid": "b", "password": "a"}')).toBe('{"ssid": "b", "password": "«secret»"}');
  expect(redactRecoverySettings('password: a b\nssid: c')).toBe('password: «secret»\nssid: c');
  expect(redactRecoverySettings('<keyMaterial>a</keyMaterial><b/>')).toBe('<keyMaterial>«secret»</keyMaterial><b/>');
  expect(redactRecoverySettings('password="a'.repeat(20_000)).length).toBeLessThan(100);
});

test('sequences look before they change, and read back what they changed', () => {
  const argumentsOf = (purpose: RecoveryPurpose): readonly string[] => recoveryCommandSequence(purpose).map((step) => step.arguments.join(' '));
  expect(applySettingsSequence('C:\\x y.xml').map((step) => step.arguments)).toEqual([['/info'], ['/setrecoverysettings', '/path', 'C:\\x y.xml'], ['/getrecoverysettings']]);
  expect(argumentsOf('clear-settings')).toEqual(['/clearrecoverysettings', '/getrecoverysettings']);
  expect(argumentsOf('enter-test-mode')).toEqual(['/info', '/getrecoverysettings', '/SetRecoveryTestmode', '/boottore', '/r /t 0']);
  expect(argumentsOf('boot-to-winre')).toEqual(['/info', '/boottore', '/r /t 0']);
  expect(argumentsOf('renew-winre')).toEqual(['/disable', '/enable', '/info']);
  expect(recoveryCommandSequence('enter-test-mode').filter(({ printsSecret }) => printsSecret).map((step) => step.arguments[0])).toEqual(['/getrecoverysettings']);
});
