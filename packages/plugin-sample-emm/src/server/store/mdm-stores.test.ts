import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createMdmCertificateStore } from './mdm-certificate-store.ts';
import { createMdmExecStore } from './mdm-exec-store.ts';
import { createMdmSettingsStore } from './mdm-settings-store.ts';
import { migrations } from './migrations.table.ts';
import { openDatabase } from './open-database.ts';

const at = '2026-11-22T03:00:00.000Z';
const network = { profile: { kind: 'wifi-eap-tls' as const, ssid: 'depot', clientCertificate: { storeName: 'My', thumbprintSha1: '0'.repeat(40) }, serverNames: ['radius'] } };

test('a database from before MDM is taken over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'emm-migrate-'));
  const path = join(folder, 'emm.db');
  const old = new DatabaseSync(path);
  old.exec(migrations[0] ?? '');
  old.exec("PRAGMA user_version = 1; INSERT INTO operation_fences VALUES ('contoso', 'k', 3)");
  old.close();
  const database = openDatabase(path);
  expect(createMdmExecStore(database).list('d')).toEqual([]);
  expect(database.prepare('SELECT fence FROM operation_fences').get()).toMatchObject({ fence: 3 });
  database.close();
  rmSync(folder, { recursive: true });
});

test('a device is in one group at most; members and settings of a group change apart', () => {
  const store = createMdmSettingsStore(openDatabase(':memory:'));
  store.putMembers('contoso', 'a', ['d1', 'd2']);
  store.putSettings('contoso', 'a', { networks: [] });
  store.putMembers('contoso', 'b', ['d2']);
  expect(store.readGroup('contoso', 'a')).toEqual({ name: 'a', deviceIds: ['d1'], settings: { networks: [] } });
  expect(store.groupOf('contoso', 'd2')).toEqual({ name: 'b', settings: {} });
  store.putMembers('contoso', 'b', []);
  expect(store.groupOf('contoso', 'd2')).toBeUndefined();
  expect(store.readGroup('fabrikam', 'a')).toBeUndefined();
});

test('a network that was taken back is remembered as that, until it is set again', () => {
  const store = createMdmSettingsStore(openDatabase(':memory:'));
  expect(store.removeNetwork('d', 'depot')).toBe(false);
  store.putNetwork('d', 'depot', network);
  expect([store.networksOf('d'), store.removedNetworksOf('d')]).toEqual([[network], []]);
  expect([store.removeNetwork('d', 'depot'), store.removeNetwork('d', 'depot')]).toEqual([true, false]);
  expect([store.networksOf('d'), store.removedNetworksOf('d')]).toEqual([[], ['depot']]);
  store.putNetwork('d', 'depot', network);
  expect([store.networksOf('d'), store.removedNetworksOf('d')]).toEqual([[network], []]);
});

test('an Exec leaves its queue once, and what is settled stays so', () => {
  const store = createMdmExecStore(openDatabase(':memory:'));
  const exec = { execKey: 'e', uri: './x', requestedBy: 'ann', requestedAt: at };
  expect([store.add('contoso', 'd', exec), store.add('contoso', 'other', exec)]).toEqual([true, false]);
  store.settle('d', 'e', { state: 'done', at });
  expect(store.list('d')).toEqual([{ ...exec, state: 'queued' }]);
  store.markSent('d', 'e', at);
  store.settle('d', 'e', { state: 'unknown', at });
  store.markSent('d', 'e', at);
  store.settle('d', 'e', { state: 'done', at, status: 200 });
  expect(store.list('d')).toEqual([{ ...exec, state: 'unknown', sentAt: at, settledAt: at }]);
});

test('an accepted Exec is not settled yet; the end of its enrolment settles what was sent and withdraws what was not', () => {
  const store = createMdmExecStore(openDatabase(':memory:'));
  for (const execKey of ['a', 'b', 'c', 'd']) store.add('contoso', 'd', { execKey, uri: './x', requestedBy: 'ann', requestedAt: at });
  for (const execKey of ['a', 'b', 'c']) store.markSent('d', execKey, at);
  for (const execKey of ['a', 'b']) store.settle('d', execKey, { state: 'accepted', at, status: 202 });
  expect(store.list('d')[0]).toEqual({ execKey: 'a', uri: './x', requestedBy: 'ann', requestedAt: at, sentAt: at, status: 202, state: 'accepted' });
  store.settle('d', 'a', { state: 'done', at });
  store.settle('d', 'a', { state: 'accepted', at });
  store.endEnrolment('d', at);
  expect(store.list('d').map(({ state }) => state)).toEqual(['done', 'unknown', 'unknown', 'withdrawn']);
});

test('a device has one certificate; the one before is superseded', () => {
  const store = createMdmCertificateStore(openDatabase(':memory:'));
  const certificate = { tenantId: 'contoso', deviceId: 'd', deviceName: 'pc', certificatePem: 'p', publicKeySpki: 'k', osEdition: null, issuedAt: at, expiresAt: at };
  store.replace({ ...certificate, thumbprint: '1' });
  store.replace({ ...certificate, thumbprint: '2' });
  expect(store.find('1')).toMatchObject({ revokedAt: at, revocationReason: 'superseded' });
  expect(store.current('d')).toMatchObject({ thumbprint: '2' });
  expect([store.revokeOne('1', 'unenrolled', at), store.revokeOne('3', 'unenrolled', at), store.current('d')?.thumbprint]).toEqual([false, false, '2']);
  expect(store.revoke('d', 'revoked', at)).toMatchObject({ thumbprint: '2' });
  expect([store.current('d'), store.revoke('d', 'revoked', at), store.find('2')?.revocationReason]).toEqual([undefined, undefined, 'revoked']);
  store.replace({ ...certificate, thumbprint: '4' });
  expect([store.revokeOne('4', 'unenrolled', at), store.find('4')?.revocationReason]).toEqual([true, 'unenrolled']);
});
