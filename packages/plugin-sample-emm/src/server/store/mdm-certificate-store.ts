import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const rowSchema = z.object({
  /** SHA-256 of the certificate in DER, in hexadecimal digits. */
  thumbprint: z.string(),
  tenantId: z.string(),
  deviceId: z.string(),
  deviceName: z.string(),
  certificatePem: z.string(),
  /** SubjectPublicKeyInfo in base64. */
  publicKeySpki: z.string(),
  /** The product code of the device's edition, as it said at enrolment. */
  osEdition: z.int().nullable(),
  issuedAt: z.string(),
  expiresAt: z.string(),
  revokedAt: z.string().nullable(),
  revocationReason: z.string().nullable(),
});

/** The client certificate of one MDM enrolment. The enrolment lasts as long as the certificate: until it is revoked or has expired. */
export type MdmCertificate = z.infer<typeof rowSchema>;

/** Why a certificate ended: another took its place, the device left, or an administrator took it away. */
export type MdmRevocationReason = 'superseded' | 'unenrolled' | 'revoked';

/** Client certificates of MDM-enrolled devices. What returned is on the disk. */
export interface MdmCertificateStore {
  /** Takes a new certificate in and revokes those that the device had. Call it inside a transaction. */
  replace(certificate: Omit<MdmCertificate, 'revokedAt' | 'revocationReason'>): void;
  find(thumbprint: string): MdmCertificate | undefined;
  /** Whether it was issued here and is not revoked, expired or not. */
  isInForce(thumbprint: string): boolean;
  /** The one that is not revoked, expired or not. */
  current(deviceId: string): MdmCertificate | undefined;
  /** Revokes the present certificate of a device. @returns it, or nothing when there was none */
  revoke(deviceId: string, reason: MdmRevocationReason, at: string): MdmCertificate | undefined;
  /** Revokes this certificate and no other. @returns false when it was revoked before, or is not known */
  revokeOne(thumbprint: string, reason: MdmRevocationReason, at: string): boolean;
}

export function createMdmCertificateStore(database: DatabaseSync): MdmCertificateStore {
  const columns = `thumbprint, tenant_id AS tenantId, device_id AS deviceId, device_name AS deviceName, certificate_pem AS certificatePem, public_key_spki AS publicKeySpki, os_edition AS osEdition,
    issued_at AS issuedAt, expires_at AS expiresAt, revoked_at AS revokedAt, revocation_reason AS revocationReason`;
  const insert = database.prepare('INSERT INTO mdm_certificates (thumbprint, tenant_id, device_id, device_name, certificate_pem, public_key_spki, os_edition, issued_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const selectOne = database.prepare(`SELECT ${columns} FROM mdm_certificates WHERE thumbprint = ?`);
  const selectInForce = database.prepare('SELECT 1 FROM mdm_certificates WHERE thumbprint = ? AND revoked_at IS NULL');
  const selectCurrent = database.prepare(`SELECT ${columns} FROM mdm_certificates WHERE device_id = ? AND revoked_at IS NULL`);
  const end = database.prepare('UPDATE mdm_certificates SET revoked_at = ?, revocation_reason = ? WHERE device_id = ? AND revoked_at IS NULL');
  const endOne = database.prepare('UPDATE mdm_certificates SET revoked_at = ?, revocation_reason = ? WHERE thumbprint = ? AND revoked_at IS NULL');
  const read = (row: unknown): MdmCertificate | undefined => (row === undefined ? undefined : rowSchema.parse(row));
  const current = (deviceId: string): MdmCertificate | undefined => read(selectCurrent.get(deviceId));
  return {
    replace({ thumbprint, tenantId, deviceId, deviceName, certificatePem, publicKeySpki, osEdition, issuedAt, expiresAt }) {
      end.run(issuedAt, 'superseded' satisfies MdmRevocationReason, deviceId);
      insert.run(thumbprint, tenantId, deviceId, deviceName, certificatePem, publicKeySpki, osEdition, issuedAt, expiresAt);
    },
    find: (thumbprint) => read(selectOne.get(thumbprint)),
    isInForce: (thumbprint) => selectInForce.get(thumbprint) !== undefined,
    current,
    revoke(deviceId, reason, at) {
      const certificate = current(deviceId);
      if (certificate) end.run(at, reason, deviceId);
      return certificate;
    },
    revokeOne: (thumbprint, reason, at) => endOne.run(at, reason, thumbprint).changes === 1,
  };
}
