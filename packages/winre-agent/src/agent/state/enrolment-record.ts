import { base64Schema, deviceIdSchema, enrolmentEpochSchema, keyIdSchema, tenantIdSchema, trustedKeySchema, type StatementSigner, createStatementSigner } from '@winre-kit/sdk';
import { consentSchema, devicePoliciesSchema, escrowKeySchema, nonceSchema, revocationsStatementSchema, type PinnedTrust } from '../../protocol/index.ts';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile, type JsonFile } from '../../platform/json-file.ts';

export const deviceKeySchema = z.strictObject({ keyId: keyIdSchema, publicKey: base64Schema, privateKeyPkcs8: base64Schema });

/** Who this device is, whom it believes, and the settings it got last. One file, replaced as a whole, so that no half of it is ever new. */
export const enrolmentRecordSchema = z.strictObject({
  tenantId: tenantIdSchema,
  deviceId: deviceIdSchema,
  enrolmentEpoch: enrolmentEpochSchema,
  deviceKey: deviceKeySchema,
  /** The generation of the ledger that belongs to this enrolment. */
  stateGeneration: nonceSchema,
  trustSequence: z.int().nonnegative(),
  trustedKeys: z.array(trustedKeySchema),
  caCertificatesPem: z.array(z.string().min(1)).min(1),
  revocations: revocationsStatementSchema.optional(),
  escrowKey: escrowKeySchema.optional(),
  policies: devicePoliciesSchema,
  consent: consentSchema,
  /** The gateway's name for this state of policies and consent; empty before the first channel. */
  settingsVersion: z.string(),
});
export type EnrolmentRecord = z.infer<typeof enrolmentRecordSchema>;

/** The enrolment in the state folder. */
export function enrolmentFile(stateFolder: string): JsonFile<EnrolmentRecord> {
  return jsonFile(join(stateFolder, 'enrolment.json'), enrolmentRecordSchema, 'enrolment');
}

/** The part of an enrolment that trust updates change. */
export function pinnedTrustOf(record: EnrolmentRecord): PinnedTrust {
  const { tenantId, trustSequence, trustedKeys, caCertificatesPem, escrowKey } = record;
  return { tenantId, trustSequence, trustedKeys, caCertificatesPem, escrowKey };
}

/** Signs as the device. */
export function deviceSignerOf(record: Pick<EnrolmentRecord, 'deviceKey'>): StatementSigner {
  return createStatementSigner(record.deviceKey);
}

export function revokedKeyIdsOf(record: EnrolmentRecord): ReadonlySet<string> {
  return new Set(record.revocations?.revokedKeyIds);
}
