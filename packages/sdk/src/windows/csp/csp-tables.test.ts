import { expect, test } from 'vitest';
import { factSources } from './fact-sources.table.ts';
import { recoveryCsp } from './recovery-csp.table.ts';
import { remoteRemediationCsp } from './remote-remediation-csp.table.ts';
import { redeploymentStates, remoteWipeCsp, wipeActions } from './remote-wipe-csp.table.ts';

const tables = [remoteRemediationCsp, recoveryCsp, remoteWipeCsp];

test.each(tables)('$root: every node has a parent, and what it depends on is a node of the same table', ({ nodes }) => {
  const paths = nodes.map(({ path }) => path);
  const parentOf = (path: string): string => path.split('/').slice(0, -1).join('/');
  const interior = new Set(nodes.filter(({ format }) => format === 'node').map(({ path }) => path));
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths.filter((path) => path !== '' && !interior.has(parentOf(path)))).toEqual([]);
  expect(nodes.filter(({ dependsOn }) => dependsOn !== undefined && nodes.find(({ path }) => path === dependsOn.path)?.format !== 'bool')).toEqual([]);
  expect(nodes.filter(({ notAbove }) => notAbove !== undefined && nodes.find(({ path }) => path === notAbove)?.format !== 'int')).toEqual([]);
  expect(nodes.filter(({ range, format }) => range !== undefined && format !== 'int')).toEqual([]);
});

test.each(tables)('$root: every fact names its source, and whatever is inferred says what', ({ nodes }) => {
  const facts = nodes.flatMap(({ source, doubts = [] }) => [source, ...doubts]);
  expect(facts.filter(({ tag, url }) => factSources[tag].url !== url || !url.startsWith('https://'))).toEqual([]);
  expect(facts.filter(({ grade, note }) => grade === 'I' && !note)).toEqual([]);
  expect(nodes.flatMap(({ doubts = [] }) => doubts).filter(({ note }) => !note)).toEqual([]);
});

test('the two dialects differ where the texts say so', () => {
  const rowOf = (table: typeof recoveryCsp, end: string) => table.nodes.find(({ path }) => path.endsWith(end));
  expect([rowOf(remoteRemediationCsp, 'SetRetryInterval')?.range, rowOf(recoveryCsp, 'SetRetryInterval')?.range]).toEqual([{ min: 1, max: 4_320 }, { min: 0, max: 4_320 }]);
  expect([...recoveryCsp.nodes, ...remoteRemediationCsp.nodes].filter(({ isAtomicRequired }) => isAtomicRequired).map(({ path }) => path)).toEqual(['PointInTimeRestore', 'CloudRemediationSettings']);
  expect(recoveryCsp.nodes.filter(({ isInsiderOnly }) => isInsiderOnly).map(({ path }) => path)).toEqual(['NetworkSettings', 'NetworkSettings/Wifi', 'NetworkSettings/Wifi/{SSID}', 'NetworkSettings/Wifi/{SSID}/WlanXML']);
  expect(rowOf(recoveryCsp, 'SetMaxDiskUsage')?.range).toEqual({ min: 2_048, max: 51_200 });
  expect([...recoveryCsp.nodes, ...remoteRemediationCsp.nodes].filter(({ access }) => access.has('exec'))).toEqual([]);
});

test('every wipe is an Exec with a minimum build, and nothing else in RemoteWipe is', () => {
  const actions = remoteWipeCsp.nodes.filter(({ access }) => access.has('exec'));
  expect(actions.map(({ path }) => path).toSorted()).toEqual([...wipeActions].toSorted());
  expect(actions.map(({ path, minimumBuilds }) => `${path} ${minimumBuilds?.join()}`)).toEqual([
    'doWipe 10.0.10586',
    'doWipePersistProvisionedData 10.0.10586',
    'doWipeProtected 10.0.15063',
    'doWipePersistUserData 10.0.16299',
    'doWipeCloud 10.0.22621',
    'doWipeCloudPersistProvisionedData 10.0.22621',
    'doWipeCloudPersistUserData 10.0.22621',
    'AutomaticRedeployment/doAutomaticRedeployment 10.0.17763',
  ]);
  expect(Object.keys(redeploymentStates).map(Number)).toEqual([0, 1, 10, 20, 30, 40, 50]);
});
