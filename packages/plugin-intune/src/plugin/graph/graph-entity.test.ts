import type { CloudPC, DeviceActionResult } from '@microsoft/microsoft-graph-types';
import { SecretValue } from '@winre-kit/sdk';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { evolvable, evolvableFlags } from './evolvable.ts';
import { graphEntity, instant, selectOf, text } from './graph-entity.ts';
import { auditEventSchema, remoteActionAuditSchema } from './replies/audit-record.ts';
import { autopilotAssignmentSchema, autopilotIdentitySchema } from './replies/autopilot-identity.ts';
import { backupSettingSchema } from './replies/backup-setting.ts';
import { cloudPcBulkActionSchema } from './replies/cloud-pc-bulk-action.ts';
import { cloudPcSchema, cloudPcSnapshotSchema, cloudPcStatusSchema } from './replies/cloud-pc.ts';
import { configurationPolicySchema, configurationSettingSchema } from './replies/configuration-setting.ts';
import { deviceConfigurationSchema, deviceConfigurationStatusSchema, omaSettingSchema } from './replies/device-configuration.ts';
import { deviceHealthScriptSchema, deviceHealthScriptStateSchema } from './replies/device-health-script.ts';
import { encryptionStateSchema } from './replies/encryption-state.ts';
import { deviceActionResultSchema, managedDeviceBetaSchema, managedDeviceSchema } from './replies/managed-device.ts';
import { recoveryCatalogEntrySchema } from './replies/recovery-catalog-entry.ts';
import { recoveryKeySchema, releasedRecoveryKeySchema } from './replies/recovery-key.ts';

test('a member that Microsoft does not have, or that may be null, does not compile', () => {
  const entity = graphEntity<CloudPC>();
  // @ts-expect-error -- v1.0 has no status
  entity({ id: z.string(), status: text });
  // @ts-expect-error -- the name may be null
  entity({ id: z.string(), displayName: z.string() });
  // @ts-expect-error -- the state may be missing
  graphEntity<DeviceActionResult>()({ actionState: evolvable(['done']) });
  expectTypeOf(entity({ id: z.string(), displayName: text }).shape.id).toEqualTypeOf<z.ZodString>();
});

test('a word that is new is unknown and kept; known ones are typed', () => {
  const schema = evolvable(['done', 'failed']);
  expect([schema.parse('done'), schema.parse('Done'), schema.parse('unknownFutureValue')]).toEqual([{ value: 'done', raw: 'done' }, { value: 'unknown', raw: 'Done' }, { value: 'unknown', raw: 'unknownFutureValue' }]);
  expectTypeOf<z.output<typeof schema>['value']>().toEqualTypeOf<'done' | 'failed' | 'unknown'>();
  expect(evolvableFlags(['a', 'b']).parse('a, c,')).toEqual([{ value: 'a', raw: 'a' }, { value: 'unknown', raw: 'c' }]);
});

test('times become ISO text; "never" and nonsense become nothing', () => {
  expect(['2026-05-01T10:00:02.6783923Z', '2026-05-01T12:00:00+02:00', '0001-01-01T00:00:00Z', 'soon', '', null, undefined].map((raw) => instant.parse(raw)))
    .toEqual(['2026-05-01T10:00:02.678Z', '2026-05-01T10:00:00.000Z', undefined, undefined, undefined, undefined, undefined]);
});

const all = {
  auditEventSchema, remoteActionAuditSchema, autopilotAssignmentSchema, autopilotIdentitySchema, cloudPcBulkActionSchema, cloudPcSchema, cloudPcSnapshotSchema, cloudPcStatusSchema,
  configurationPolicySchema, configurationSettingSchema, deviceConfigurationSchema, deviceConfigurationStatusSchema, deviceHealthScriptSchema, deviceHealthScriptStateSchema, encryptionStateSchema,
  managedDeviceBetaSchema, managedDeviceSchema, recoveryKeySchema, releasedRecoveryKeySchema, deviceActionResultSchema, omaSettingSchema, backupSettingSchema, recoveryCatalogEntrySchema,
};

test.each(Object.entries(all))('%s takes a reply with next to nothing, with nulls, and with more than we know', (_name, schema) => {
  const members = Object.keys(schema.shape).filter((member) => member !== 'id');
  expect(schema.safeParse({ id: 'x', later: { deep: 1 }, '@odata.etag': 'W/"1"' }).error).toBeUndefined();
  expect(schema.safeParse({ id: 'x', ...Object.fromEntries(members.filter((member) => member !== 'key').map((member) => [member, null])) }).error).toBeUndefined();
  expect(schema.safeParse('<html>').success).toBe(false);
  expect(selectOf(schema).split(',')).toEqual(Object.keys(schema.shape));
});

test('replies as Graph writes them', () => {
  expect(managedDeviceSchema.parse({
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#x', id: 'd1', deviceName: 'PC-1', enrolledDateTime: '2026-01-02T03:04:05Z', lastSyncDateTime: '0001-01-01T00:00:00Z', isEncrypted: true,
    deviceActionResults: [{ '@odata.type': 'microsoft.graph.deviceActionResult', actionName: 'factoryReset', actionState: 'done', startDateTime: '2026-01-02T03:04:05Z', passcode: 'x' }],
  })).toEqual({
    id: 'd1', deviceName: 'PC-1', enrolledDateTime: '2026-01-02T03:04:05.000Z', isEncrypted: true,
    deviceActionResults: [{ actionName: 'factoryReset', actionState: { value: 'done', raw: 'done' }, startDateTime: '2026-01-02T03:04:05.000Z' }],
  });
  expect(encryptionStateSchema.parse({ id: 'd1', advancedBitLockerStates: 'recoveryKeyBackupFailed,windowsRecoveryEnvironmentNotConfigured,newOne' }).advancedBitLockerStates?.map(({ value }) => value))
    .toEqual(['recoveryKeyBackupFailed', 'windowsRecoveryEnvironmentNotConfigured', 'unknown']);
  expect(cloudPcStatusSchema.parse({ id: 'c1', status: 'failoverInProgress' }).status).toEqual({ value: 'unknown', raw: 'failoverInProgress' });
  const released = releasedRecoveryKeySchema.parse({ id: 'k1', key: '111111-222222' });
  expect([released.key instanceof SecretValue, released.key?.reveal(), JSON.stringify(released).includes('111111')]).toEqual([true, '111111-222222', false]);
});
