import { instantAt, sha256Hex } from '@winre-kit/sdk';
import { createManualClock } from '@winre-kit/testkit';
import { issueCertificateAuthority } from '@winre-kit/winre-agent/gateway';
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

test('an enrolment and its line in the audit are written together, or neither is', async () => {
  const database = openDatabase(':memory:');
  const clock = createManualClock();
  const store = createSqliteGatewayStore(database);
  const audit = createAdminAuditStore(database);
  let next = 0;
  const services: MdmEnrolmentServices = {
    store, clock, audit, certificates: createMdmCertificateStore(database), sessions: createMdmSessionStore(database), execs: createMdmExecStore(database), settings: createMdmSettingsStore(database),
    gateway: { announceOperation: () => Promise.resolve() }, authority: await issueCertificateAuthority({ commonName: 'EMM', validForDays: 30 }, clock), newId: () => `id-${(next += 1)}`, validForDays: 10,
  };
  await store.commit([{ table: 'tokens', record: { revision: 1, tokenSha256: await sha256Hex('token'), tenantId: 'contoso', expiresAt: instantAt(clock.now() + 60_000) } }]);
  const { requestDer } = await makeRequest();
  const exchange = { requestDer: Uint8Array.from(requestDer), hardwareId: 'h', deviceName: 'pc', osVersion: '10.0.26100.8737', osEdition: 4 };
  const broken: MdmEnrolmentServices = { ...services, audit: { append: () => { throw new RangeError('the disk is full'); } } };
  await expect(enrolMdmDevice(broken, 'token', exchange, 'c1')).rejects.toMatchObject({ code: 'unavailable' });
  expect([await store.list('devices'), (await store.read('tokens', await sha256Hex('token')))?.usedBy]).toEqual([[], undefined]);
  const { deviceId } = await enrolMdmDevice(services, 'token', exchange, 'c2');
  await enrolMdmDevice(services, 'token', exchange, 'c3');
  expect(audit.list('contoso', 0, 10)).toMatchObject([{ method: 'MDM enrol', path: deviceId, correlationId: 'c2' }]);
});
