import { expect, test } from 'vitest';
import { graphPath, odataText } from './graph-path.ts';
import { graphUrl, requireNextLink } from './graph-url.ts';
import { graphClouds, tokenScopeOf } from './graph-clouds.table.ts';

test('an id stays one segment, whatever is in it', () => {
  expect(graphPath`/deviceManagement/managedDevices/${'a b/../%2e?#'}/wipe`).toBe('/deviceManagement/managedDevices/a%20b%2F..%2F%252e%3F%23/wipe');
  expect(new URL(graphUrl(graphClouds.global, { version: 'v1.0', path: graphPath`/x/${'../y'}/z` })).pathname).toBe('/v1.0/x/..%2Fy/z');
});

test.each(['', '.', '..'])('%j is no id: the path would name another object', (id) => {
  expect(() => graphPath`/deviceManagement/managedDevices/${id}/wipe`).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test('a text in a filter cannot end its quotes, and the address encodes it', () => {
  const $filter = `deviceName eq ${odataText("O'Neil & sons")}`;
  const url = graphUrl(graphClouds.china, { version: 'beta', path: '/deviceManagement/managedDevices', query: { $filter, $top: '5' } });
  expect(url).toBe("https://microsoftgraph.chinacloudapi.cn/beta/deviceManagement/managedDevices?$filter=deviceName%20eq%20'O''Neil%20%26%20sons'&$top=5");
});

test('the next page is below the same version of the same host, or nowhere', () => {
  const address = { version: 'v1.0', doing: 'listing' } as const;
  const good = 'https://graph.microsoft.com/v1.0/deviceManagement/managedDevices?$skiptoken=a%20b';
  expect(requireNextLink(graphClouds.global, address, good)).toBe(good);
  for (const bad of [
    'https://graph.microsoft.com.evil.example/v1.0/x', 'http://graph.microsoft.com/v1.0/x', 'https://graph.microsoft.us/v1.0/x', 'https://user@graph.microsoft.com/v1.0/x',
    'https://graph.microsoft.com/beta/x', 'https://graph.microsoft.com/v1.0/../beta/x', 'https://graph.microsoft.com:444/v1.0/x', '/v1.0/x', '',
  ]) expect(() => requireNextLink(graphClouds.global, address, bad), bad).toThrow(expect.objectContaining({ code: 'internal' }));
});

test('each cloud is a host of its own, and its token is asked for there', () => {
  const rows = Object.values(graphClouds);
  expect(new Set(rows.map(({ graphOrigin }) => graphOrigin)).size).toBe(rows.length);
  for (const { graphOrigin, loginOrigin } of rows) expect([new URL(graphOrigin).origin, new URL(loginOrigin).origin]).toEqual([graphOrigin, loginOrigin]);
  expect(tokenScopeOf(graphClouds['us-government-l5'])).toBe('https://dod-graph.microsoft.us/.default');
});
