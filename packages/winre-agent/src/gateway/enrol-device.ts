import { instantAt, RecoveryError } from '@winre-kit/sdk';
import { signTime, verifyEnrolment, type EnrolmentReply, type EnrolmentStatement } from '../protocol/index.ts';
import { closeEnrolment } from './close-enrolment.ts';
import { judgeToken } from './enrolment-tokens.ts';
import { announceOperations, newId, requireTenant, type GatewayCore } from './gateway-core.ts';
import type { DeviceRecord, EnrolmentTokenRecord, OperationRecord } from './gateway-records.ts';
import { requireNotRevoked, signedRevocationsOf } from './tenant-trust.ts';
import { transact } from './transact.ts';

/**
 * Enrols a device: the token is used up, the device gets its epoch, and what was open for the enrolment before ends, all in one durable step before the
 * answer leaves.
 *
 * @throws {RecoveryError} `invalid-argument`, `unauthenticated`, `enrolment-changed`
 */
export async function enrolDevice(core: GatewayCore, body: unknown): Promise<EnrolmentReply> {
  const { statement } = await verifyEnrolment(body);
  const { device, operations } = await transact(core.store, () => decideEnrolment(core, statement));
  if (operations) {
    core.channels.close(device.deviceId);
    core.polls.notify(device.deviceId);
    announceOperations(core, operations);
  }
  const tenant = await requireTenant(core.store, device.tenantId);
  return {
    tenantId: device.tenantId,
    deviceId: device.deviceId,
    enrolmentEpoch: device.enrolmentEpoch,
    trustedKeys: [...tenant.trustedKeys],
    trustSequence: tenant.trustSequence,
    trustUpdates: [...tenant.trustUpdates],
    caCertificatesPem: [...tenant.caCertificatesPem],
    time: await signTime(statement.timeNonce, core.clock.now(), core.config.signer),
    revocations: await signedRevocationsOf(core, tenant),
    ...(core.config.escrow && { escrowKey: core.config.escrow.key }),
    policies: device.policies,
    consent: tenant.consent,
  };
}

type Decision = Awaited<ReturnType<Parameters<typeof transact<{ readonly device: DeviceRecord; readonly operations: readonly OperationRecord[] | undefined }>>[1]>>;

async function decideEnrolment(core: GatewayCore, statement: EnrolmentStatement): Promise<Decision> {
  const { store } = core;
  const nowMs = core.clock.now();
  const token = await store.read('tokens', statement.tokenSha256);
  const use = judgeToken(token, statement, nowMs);
  if (!token) throw new RecoveryError('internal', 'a token that was judged good is gone');
  const former = await findFormer(core, token, statement);
  if (use === 'asked-again') {
    if (former && former.enrolmentEpoch === token.usedBy?.enrolmentEpoch) return { writes: [], result: { device: former, operations: undefined } };
    throw new RecoveryError('enrolment-changed', 'the device was enrolled again since this token was used');
  }
  const tenant = await requireTenant(store, token.tenantId);
  if (former) requireNotRevoked(tenant, former.deviceId);
  if (token.continues && former?.enrolmentEpoch !== token.continues.enrolmentEpoch) throw new RecoveryError('enrolment-changed', 'the device was enrolled again since its rebuild began; the continuity token is worth nothing any more');
  const device = enrolledDevice(core, token, statement, former, nowMs);
  const open = former ? await store.list('operations', { deviceId: former.deviceId, open: true }) : [];
  const operations = closeEnrolment(device, open, token.continues?.operationKey, nowMs);
  const used: EnrolmentTokenRecord = { ...token, revision: token.revision + 1, usedBy: { devicePublicKey: statement.devicePublicKey, deviceId: device.deviceId, enrolmentEpoch: device.enrolmentEpoch } };
  return {
    writes: [{ table: 'tokens', record: used }, { table: 'devices', record: device }, ...operations.map((record) => ({ table: 'operations' as const, record }))],
    result: { device, operations },
  };
}

async function findFormer(core: GatewayCore, token: EnrolmentTokenRecord, statement: EnrolmentStatement): Promise<DeviceRecord | undefined> {
  const deviceId = token.usedBy?.deviceId ?? token.continues?.deviceId;
  if (deviceId !== undefined) return core.store.read('devices', deviceId);
  return (await core.store.list('devices', { tenantId: token.tenantId, hardwareId: statement.hardwareId }))[0];
}

function enrolledDevice(core: GatewayCore, token: EnrolmentTokenRecord, statement: EnrolmentStatement, former: DeviceRecord | undefined, nowMs: number): DeviceRecord {
  const { hardwareId, serialNumber, displayName, platform, osBuild, devicePublicKey, stateGeneration } = statement;
  return {
    revision: (former?.revision ?? 0) + 1,
    deviceId: former?.deviceId ?? newId(core),
    tenantId: token.tenantId,
    hardwareId,
    ...(serialNumber !== undefined && { serialNumber }),
    displayName,
    platform,
    ...(osBuild !== undefined && { osBuild }),
    enrolmentEpoch: newId(core),
    enrolledAt: instantAt(nowMs),
    devicePublicKey,
    stateGeneration,
    commandSequence: former?.commandSequence ?? 0,
    acknowledgedSequence: 0,
    policies: former?.policies ?? {},
    lastSeenAt: instantAt(nowMs),
  };
}
