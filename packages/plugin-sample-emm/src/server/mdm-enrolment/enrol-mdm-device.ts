import { X509Certificate } from 'node:crypto';
import { generateSigningKey, instantAt, RecoveryError, sha256Hex, type Clock } from '@winre-kit/sdk';
import { issueClientCertificate, judgeToken, readCertificateRequest, type DeviceRecord, type EnrolmentTokenRecord, type IssuedCertificate } from '@winre-kit/winre-agent/gateway';
import { thumbprintOf } from '../mdm-endpoint/judge-client-certificate.ts';
import type { MdmCertificateStore } from '../store/mdm-certificate-store.ts';
import type { SqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import type { CertificateExchange } from './certificate-exchange.ts';

/** What an enrolment works with. */
export interface MdmEnrolmentServices {
  readonly store: SqliteGatewayStore;
  readonly certificates: MdmCertificateStore;
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

const maxAttempts = 16;

/**
 * Enrols a device for MDM: the token is used up, the device known, its certificate issued, and the one it had before revoked, all in one durable step
 * before the answer leaves. The key that has used a token may ask again and gets the same certificate: its answer may have been lost.
 *
 * @throws {RecoveryError} `unauthenticated` with the reasons of `judgeToken` or `revoked`, `enrolment-changed`, `invalid-argument` for a bad request
 */
export async function enrolMdmDevice(services: MdmEnrolmentServices, token: string, exchange: CertificateExchange): Promise<MdmEnrolled> {
  const { store, certificates } = services;
  const { publicKeySpki } = await readCertificateRequest(exchange.requestDer);
  const tokenSha256 = await sha256Hex(token);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const nowMs = services.clock.now();
    const known = await store.read('tokens', tokenSha256);
    const use = judgeToken(known, { tokenKind: 'one-time', hardwareId: exchange.hardwareId, devicePublicKey: publicKeySpki }, nowMs);
    if (!known) throw new RecoveryError('internal', 'a token that was judged good is gone');
    if (use === 'asked-again') return enrolledBefore(services, known, publicKeySpki);
    const device = await enrolledRecord(services, known, exchange, nowMs);
    const certificatePem = await issueClientCertificate({ authority: services.authority, requestDer: exchange.requestDer, commonName: device.deviceId, validForDays: services.validForDays }, services.clock);
    const certificate = new X509Certificate(certificatePem);
    const used: EnrolmentTokenRecord = { ...known, revision: known.revision + 1, usedBy: { devicePublicKey: publicKeySpki, deviceId: device.deviceId, enrolmentEpoch: device.enrolmentEpoch } };
    const { tenantId, deviceId } = device;
    const isWritten = await store.commitWith([{ table: 'tokens', record: used }, { table: 'devices', record: device }], () => {
      certificates.replace({
        thumbprint: thumbprintOf(certificate), tenantId, deviceId, deviceName: device.displayName, certificatePem, publicKeySpki, osEdition: exchange.osEdition ?? null,
        issuedAt: instantAt(nowMs), expiresAt: instantAt(Date.parse(certificate.validTo)),
      });
    });
    if (isWritten) return { tenantId, deviceId, certificatePem };
  }
  throw new RecoveryError('unavailable', 'the records of this device keep changing; nothing was done, try again');
}

function enrolledBefore({ certificates }: MdmEnrolmentServices, token: EnrolmentTokenRecord, publicKeySpki: string): MdmEnrolled {
  const deviceId = token.usedBy?.deviceId ?? '';
  const certificate = certificates.current(deviceId);
  if (certificate?.publicKeySpki !== publicKeySpki) throw new RecoveryError('enrolment-changed', 'the device was enrolled again or taken out since this token was used');
  return { tenantId: token.tenantId, deviceId, certificatePem: certificate.certificatePem };
}

async function enrolledRecord(services: MdmEnrolmentServices, { tenantId }: EnrolmentTokenRecord, exchange: CertificateExchange, nowMs: number): Promise<DeviceRecord> {
  const { store, newId } = services;
  const { hardwareId, deviceName, osVersion } = exchange;
  const [former] = await store.list('devices', { tenantId, hardwareId });
  const tenant = await store.read('tenants', tenantId);
  if (former && tenant?.revocations.revokedDeviceIds.includes(former.deviceId)) throw new RecoveryError('unauthenticated', 'the device is revoked', { retry: 'never', facts: { reason: 'revoked' } });
  const seen = { lastSeenAt: instantAt(nowMs), ...(osVersion !== undefined && { osBuild: osVersion }) };
  // An agent that is enrolled on the device stays so: this is another way to it, not another owner.
  if (former) return { ...former, ...seen, revision: former.revision + 1 };
  return {
    revision: 1, deviceId: newId(), tenantId, hardwareId, displayName: deviceName ?? hardwareId, platform: 'windows', enrolmentEpoch: newId(), enrolledAt: instantAt(nowMs),
    // Nobody holds the private half: until an agent enrols on the device, no agent can speak for it.
    devicePublicKey: (await generateSigningKey()).publicKey,
    stateGeneration: newId(), commandSequence: 0, acknowledgedSequence: 0, policies: {}, ...seen,
  };
}
