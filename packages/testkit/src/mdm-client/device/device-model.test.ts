import { expect, test } from 'vitest';
import { createDeviceModel, createDeviceState, findDefinition, placeOf, type DeviceSettings } from './device-model.ts';
import { hasArrivedIn, parseWindowsBuild } from './windows-build.ts';

const knows = (uri: string, settings: Partial<DeviceSettings>): boolean =>
  findDefinition(createDeviceModel({ build: '26100.8737', hardwareId: 'x', deviceName: 'x', ...settings }).definitions, placeOf(uri)) !== undefined;
const vendor = './Vendor/MSFT';

test.each([
  ['26100.8737', true, true], ['10.0.26200.8737', true, true], ['26220.1', true, true], ['26300', true, true],
  ['26100.8736', false, true], ['26200.8736', false, true], ['26100.4700', false, true], ['26100.4699', false, false], ['22631.6000', false, false],
])('build %s has Recovery: %s, RemoteRemediation: %s', (build, recovery, remote) => {
  expect([knows(`${vendor}/Recovery/PointInTimeRestore`, { build }), knows(`${vendor}/RemoteRemediation/CloudRemediationSettings`, { build })]).toEqual([recovery, remote]);
});

test('Home has the older dialect only, and Wi-Fi of the Recovery dialect wants an Insider build', () => {
  const wifi = `${vendor}/Recovery/NetworkSettings/Wifi/Office/WlanXML`;
  expect([knows(`${vendor}/Recovery`, { edition: 'home' }), knows(`${vendor}/RemoteRemediation`, { edition: 'home' }), knows('./DevDetail/SwV', { edition: 'home' })]).toEqual([false, true, true]);
  expect([knows(wifi, {}), knows(wifi, { isInsider: true })]).toEqual([false, true]);
});

test.each([['doWipe', '10586'], ['doWipePersistUserData', '16299'], ['AutomaticRedeployment', '17763'], ['doWipeCloud', '22621']])('%s came with %s', (name, build) => {
  expect([knows(`${vendor}/RemoteWipe/${name}`, { build: String(Number(build) - 1) }), knows(`${vendor}/RemoteWipe/${name}`, { build })]).toEqual([false, true]);
});

test('a build reads as Windows writes it, and nothing else does', () => {
  expect([parseWindowsBuild('10.0.26100.8737'), parseWindowsBuild('26100')]).toEqual([{ build: 26100, revision: 8737 }, { build: 26100, revision: 0 }]);
  for (const wrong of ['', '11', '10.0', '26100.', '6.1.7601.1', 'x']) expect(() => parseWindowsBuild(wrong)).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'build' }));
  expect(hasArrivedIn({ build: 26150, revision: 9999 }, ['26100.1', '26200.1'])).toBe(false);
});

test('a new device says who it is and has no setting', () => {
  const { nodes } = createDeviceState({ build: '26100.8737', hardwareId: 'PC-1', deviceName: 'pc' });
  expect(nodes).toMatchObject({ './DevInfo/DevId': { value: 'PC-1' }, './DevDetail/SwV': { value: '10.0.26100.8737' }, './DevDetail/Ext/Microsoft/DeviceName': { value: 'pc' } });
  expect(nodes['./Vendor/MSFT/DeviceManageability/Capabilities/CSPVersions']?.value).toContain('./Vendor/MSFT/Recovery');
  expect(Object.keys(nodes).filter((uri) => uri.includes('/Recovery') || uri.includes('/RemoteRemediation'))).toEqual([]);
});

test('every node lies in a part of the tree that exists, and every dependency names a node', () => {
  const { definitions } = createDeviceModel({ build: '26300', isInsider: true, hardwareId: 'x', deviceName: 'x' });
  const paths = new Set(definitions.map(({ path }) => path));
  expect(paths.size).toBe(definitions.length);
  for (const { path, needsTrue, notAbove } of definitions) {
    const parent = path.slice(0, path.lastIndexOf('/'));
    expect(parent === '.' || paths.has(parent), path).toBe(true);
    for (const other of [needsTrue, notAbove]) expect(other === undefined || paths.has(other), path).toBe(true);
  }
});
