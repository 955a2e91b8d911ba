import { instantAt, sha256Hex } from '@winre-kit/sdk';
import { createManualClock } from '@winre-kit/testkit';
import { issueCertificateAuthority, type DeviceRecord } from '@winre-kit/winre-agent/gateway';
import { expect, test } from 'vitest';
import { makeRequest } from '../../../test/mdm-wire.ts';
import { createAdminAuditStore } from '../store/admin-audit-store.ts';
import { createMdmCertificateStore } from '../store/mdm-certificate-store.ts';
import { createMdmExecStore } from '../store/mdm-exec-store.ts';
import { createMdmSessionStore } from '../store/mdm-session-store.ts';
import { createMdmSettingsStore } from '../store/mdm-settings-store.ts';
import { openDatabase } from '../store/open-database.ts';
import { createSqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import { enrolMdmDevice, type MdmEnrolmentServices } from './enrol-mdm-device.ts';

const tenantId = 'contoso';

async function openDesk() {
  const database = openDatabase(':memory:');
  const clock = createManualClock();
  const store = createSqliteGatewayStore(database);
  let next = 0;
  const settings = createMdmSettingsStore(database);
  const certificates = createMdmCertificateStore(database);
  const audit = createAdminAuditStore(database);
  const services: MdmEnrolmentServices = {
    store, clock, audit, certificates, settings, sessions: createMdmSessionStore(database), execs: createMdmExecStore(database),
    gateway: { announceOperation: () => Promise.resolve() }, authority: await issueCertificateAuthority({ commonName: 'EMM', validForDays: 30 }, clock), newId: () => `id-${(next += 1)}`, validForDays: 10,
  };
  const addToken = async (token: string, hardwareId?: string) => store.commit([{ table: 'tokens', record: { revision: 1, tokenSha256: await sha256Hex(token), tenantId, expiresAt: instantAt(clock.now() + 60_000), ...(hardwareId !== undefined && { hardwareId }) } }]);
  const exchangeOf = async () => ({ requestDer: Uint8Array.from((await makeRequest()).requestDer), hardwareId: 'h', deviceName: 'pc', osVersion: '10.0.26100.8737', osEdition: 4 });
  return { services, store, settings, certificates, audit, addToken, exchangeOf };
}

test('an enrolment and its line in the audit are written together, or neither is', async () => {
  const { services, store, audit, addToken, exchangeOf } = await openDesk();
  await addToken('token');
  const exchange = await exchangeOf();
  const broken: MdmEnrolmentServices = { ...services, audit: { append: () => { throw new RangeError('the disk is full'); } } };
  await expect(enrolMdmDevice(broken, 'token', exchange, 'c1')).rejects.toMatchObject({ code: 'unavailable' });
  expect([await store.list('devices'), (await store.read('tokens', await sha256Hex('token')))?.usedBy]).toEqual([[], undefined]);
  const { deviceId } = await enrolMdmDevice(services, 'token', exchange, 'c2');
  await enrolMdmDevice(services, 'token', exchange, 'c3');
  expect(audit.list('contoso', 0, 10)).toMatchObject([{ method: 'MDM enrol', path: deviceId, correlationId: 'c2' }]);
});

/** A device with a network of its own, in a group, that one key holds. */
async function openKnownDevice(hasAgent: boolean) {
  const desk = await openDesk();
  const { services, store, settings, addToken, exchangeOf } = desk;
  await addToken('first');
  const exchange = await exchangeOf();
  const { deviceId } = await enrolMdmDevice(services, 'first', exchange, 'c1');
  const device = await store.read('devices', deviceId);
  if (!device) throw new TypeError('no device');
  const { hasAgent: _, ...enrolledByAgent } = device;
  const known: DeviceRecord = hasAgent ? { ...enrolledByAgent, revision: device.revision + 1 } : device;
  if (hasAgent) await store.commit([{ table: 'devices', record: known }]);
  settings.putMembers(tenantId, 'desk', [deviceId]);
  settings.putNetwork(deviceId, 'site', { profile: { kind: 'wifi-wpa2-psk', ssid: 'site', key: { secret: 'site-wifi' }, hidden: false } });
  return { ...desk, deviceId, known, exchange };
}

test.each([[true], [false]])('another key on a known hardware id is refused a token that was not made for it (an agent on the device: %s)', async (hasAgent) => {
  const { services, store, settings, certificates, addToken, exchangeOf, deviceId, known, exchange } = await openKnownDevice(hasAgent);
  const certificate = certificates.current(deviceId);
  await addToken('free');
  await expect(enrolMdmDevice(services, 'free', await exchangeOf(), 'c2')).rejects.toMatchObject({ code: 'unauthenticated', facts: { reason: 'other-key' }, message: expect.stringContaining('make a token for this hardware id') });
  expect([await store.read('devices', deviceId), certificates.current(deviceId), settings.networksOf(deviceId)]).toMatchObject([known, certificate, [{ profile: { ssid: 'site' } }]]);
  expect((await store.read('tokens', await sha256Hex('free')))?.usedBy).toBeUndefined();
  // The key that is known needs no more than any token.
  await expect(enrolMdmDevice(services, 'free', exchange, 'c3')).resolves.toMatchObject({ deviceId });
  // A certificate that was revoked leaves nobody who is known.
  certificates.revoke(deviceId, 'revoked', known.enrolledAt);
  await addToken('late');
  await expect(enrolMdmDevice(services, 'late', exchange, 'c4')).rejects.toMatchObject({ facts: { reason: 'other-key' } });
});

test.each([[true], [false]])('a token that was made for the hardware id lets another key in, and what was the former key’s stays only with an agent on the device (%s)', async (hasAgent) => {
  const { services, store, settings, certificates, addToken, exchangeOf, deviceId, known } = await openKnownDevice(hasAgent);
  const former = certificates.current(deviceId);
  await addToken('made for it', 'h');
  const enrolled = await enrolMdmDevice(services, 'made for it', await exchangeOf(), 'c2');
  const after = await store.read('devices', deviceId);
  expect([enrolled.deviceId, certificates.current(deviceId)?.certificatePem, certificates.isInForce(former?.thumbprint ?? '')]).toEqual([deviceId, enrolled.certificatePem, false]);
  expect([after?.enrolmentEpoch === known.enrolmentEpoch, settings.networksOf(deviceId).length, settings.groupOf(tenantId, deviceId)?.name]).toEqual([hasAgent, hasAgent ? 1 : 0, 'desk']);
});
