import { X509Certificate } from 'node:crypto';
import { generateSigningKey, instantAt, RecoveryError, sha256Hex, type Clock } from '@winre-kit/sdk';
import { closeEnrolment, issueClientCertificate, judgeToken, readCertificateRequest, type DeviceRecord, type EnrolmentTokenRecord, type Gateway, type IssuedCertificate, type OperationRecord } from '@winre-kit/winre-agent/gateway';
import { thumbprintOf } from '../mdm-endpoint/client-certificate-judge.ts';
import type { AdminAuditStore } from '../store/admin-audit-store.ts';
import type { MdmCertificateStore } from '../store/mdm-certificate-store.ts';
import type { MdmExecStore } from '../store/mdm-exec-store.ts';
import type { MdmSessionStore } from '../store/mdm-session-store.ts';
import type { MdmSettingsStore } from '../store/mdm-settings-store.ts';
import type { SqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import type { CertificateExchange } from './certificate-exchange.ts';

/** What an enrolment works with. */
export interface MdmEnrolmentServices {
  readonly store: SqliteGatewayStore;
  readonly certificates: MdmCertificateStore;
  readonly sessions: Pick<MdmSessionStore, 'forget'>;
  readonly execs: Pick<MdmExecStore, 'endEnrolment'>;
  readonly settings: Pick<MdmSettingsStore, 'forgetNetworks'>;
  readonly gateway: Pick<Gateway, 'announceOperation'>;
  readonly audit: Pick<AdminAuditStore, 'append'>;
  readonly authority: IssuedCertificate;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How long a client certificate is valid. */
  readonly validForDays: number;
}

/** A device that is enrolled now. */
export interface MdmEnrolled {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly certificatePem: string;
}

/** What an enrolment makes of a device. */
interface Enrolment {
  readonly device: DeviceRecord;
  /** Operations that it ends. */
  readonly ended: readonly OperationRecord[];
  /** Whether what was meant for the device so far is not meant for whoever holds this key. */
  readonly isAnother: boolean;
}

const maxAttempts = 16;

/**
 * Enrols a device for MDM: the token is used up, the device known, its certificate issued, and the one it had before revoked, all in one durable step
 * before the answer leaves. Execs that waited, and the session that ran, were the former enrolment's and end with it.
 *
 * A hardware id is anybody's word, so another key on a known one is another device until proven, and a token that was made for this hardware id is the proof: somebody who
 * may say so expected the device. It keeps its name, its group and its policies. Where no agent keeps its identity it gets an epoch of its own, and neither operations nor
 * networks of the former key; an agent that is enrolled on it stays so, with all that it is to bring.
 *
 * The key that has used a token may ask again and gets the same certificate: its answer may have been lost.
 *
 * @param correlationId of the request, for the audit, which is written in the same step
 * @throws {RecoveryError} `unauthenticated` with the reasons of `judgeToken`, `revoked` or `other-key` (the token is not used up), `enrolment-changed`, `invalid-argument` for a bad request
 */
export async function enrolMdmDevice(services: MdmEnrolmentServices, token: string, exchange: CertificateExchange, correlationId: string): Promise<MdmEnrolled> {
  const { store, certificates } = services;
  const { publicKeySpki } = await readCertificateRequest(exchange.requestDer);
  const tokenSha256 = await sha256Hex(token);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const nowMs = services.clock.now();
    const known = await store.read('tokens', tokenSha256);
    const use = judgeToken(known, { tokenKind: 'one-time', hardwareId: exchange.hardwareId, devicePublicKey: publicKeySpki }, nowMs);
    if (!known) throw new RecoveryError('internal', 'a token that was judged good is gone');
    if (use === 'asked-again') return enrolledBefore(services, known, publicKeySpki);
    const { device, ended, isAnother } = await decideEnrolment(services, known, exchange, publicKeySpki, nowMs);
    const certificatePem = await issueClientCertificate({ authority: services.authority, requestDer: exchange.requestDer, commonName: device.deviceId, validForDays: services.validForDays }, services.clock);
    const certificate = new X509Certificate(certificatePem);
    const used: EnrolmentTokenRecord = { ...known, revision: known.revision + 1, usedBy: { devicePublicKey: publicKeySpki, deviceId: device.deviceId, enrolmentEpoch: device.enrolmentEpoch } };
    const { tenantId, deviceId } = device;
    const operations = ended.map((record) => ({ table: 'operations' as const, record }));
    const isWritten = await store.commitWith([{ table: 'tokens', record: used }, { table: 'devices', record: device }, ...operations], () => {
      services.execs.endEnrolment(deviceId, instantAt(nowMs));
      services.sessions.forget(deviceId);
      if (isAnother) services.settings.forgetNetworks(deviceId);
      certificates.replace({
        thumbprint: thumbprintOf(certificate), tenantId, deviceId, deviceName: device.displayName, certificatePem, publicKeySpki, osEdition: exchange.osEdition ?? null,
        issuedAt: instantAt(nowMs), expiresAt: instantAt(Date.parse(certificate.validTo)),
      });
      services.audit.append({ at: instantAt(nowMs), tenantId, principal: `device ${deviceId}`, method: 'MDM enrol', path: deviceId, permission: null, status: 200, code: null, correlationId });
    });
    if (!isWritten) continue;
    for (const { operationKey } of ended) await services.gateway.announceOperation(tenantId, operationKey);
    return { tenantId, deviceId, certificatePem };
  }
  throw new RecoveryError('unavailable', 'the records of this device keep changing; nothing was done, try again');
}

function enrolledBefore({ certificates }: MdmEnrolmentServices, token: EnrolmentTokenRecord, publicKeySpki: string): MdmEnrolled {
  const deviceId = token.usedBy?.deviceId ?? '';
  const certificate = certificates.current(deviceId);
  if (certificate?.publicKeySpki !== publicKeySpki) throw new RecoveryError('enrolment-changed', 'the device was enrolled again or taken out since this token was used');
  return { tenantId: token.tenantId, deviceId, certificatePem: certificate.certificatePem };
}

async function decideEnrolment(services: MdmEnrolmentServices, { tenantId, hardwareId: madeFor }: EnrolmentTokenRecord, exchange: CertificateExchange, publicKeySpki: string, nowMs: number): Promise<Enrolment> {
  const { store, newId } = services;
  const { hardwareId, deviceName, osVersion } = exchange;
  const [former] = await store.list('devices', { tenantId, hardwareId });
  const tenant = await store.read('tenants', tenantId);
  if (former && tenant?.revocations.revokedDeviceIds.includes(former.deviceId)) throw new RecoveryError('unauthenticated', 'the device is revoked', { retry: 'never', facts: { reason: 'revoked' } });
  const enrolledAt = instantAt(nowMs);
  const seen = { lastSeenAt: enrolledAt, ...(osVersion !== undefined && { osBuild: osVersion }) };
  if (former) {
    const again: DeviceRecord = { ...former, ...seen, revision: former.revision + 1 };
    const isSameKey = services.certificates.current(former.deviceId)?.publicKeySpki === publicKeySpki;
    if (!isSameKey && madeFor === undefined) {
      throw new RecoveryError('unauthenticated', 'this hardware id is known with another key: make a token for this hardware id (`hardwareId` in POST /enrolment-tokens)', { retry: 'never', facts: { reason: 'other-key' } });
    }
    // An agent that is enrolled on the device stays so: this is another way to it, not another owner.
    if (former.hasAgent !== false || isSameKey) return { device: again, ended: [], isAnother: false };
    const device: DeviceRecord = { ...again, enrolmentEpoch: newId(), enrolledAt };
    return { device, ended: closeEnrolment(device, await store.list('operations', { deviceId: device.deviceId, open: true }), undefined, nowMs), isAnother: true };
  }
  const device: DeviceRecord = {
    revision: 1, deviceId: newId(), tenantId, hardwareId, displayName: deviceName ?? hardwareId, platform: 'windows', enrolmentEpoch: newId(), enrolledAt,
    // Nobody holds the private half: until an agent enrols on the device, no agent can speak for it.
    devicePublicKey: (await generateSigningKey()).publicKey, hasAgent: false,
    stateGeneration: newId(), commandSequence: 0, acknowledgedSequence: 0, policies: {}, ...seen,
  };
  return { device, ended: [], isAnother: false };
}
