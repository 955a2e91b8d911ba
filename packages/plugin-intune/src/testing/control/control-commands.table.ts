import { z } from 'zod';
import { tenantFaultSchema } from '../faults/tenant-fault.ts';
import type { ScriptedTenant } from '../scripted-tenant.ts';
import { deviceBehaviourSchema } from '../state/device-behaviour.ts';
import type { EncryptionFacts, ManagedDevice } from '../state/managed-device.ts';
import type { CloudPc, CloudPcSnapshot } from '../state/cloud-pc.ts';
import { entityFields } from '../surface/entity-fields.table.ts';

/** A method of the tenant's script, callable with JSON. */
export interface ControlCommand {
  /** Reads the parameters and does it. What it returns is the answer; a problem with the parameters is zod's error. */
  run(tenant: ScriptedTenant, parameters: unknown): unknown;
}

const area = z.enum(['deviceWipe', 'deviceRetire', 'deviceDelete', 'script', 'configurationPolicy']);
const deviceId = z.string();
const cloudPcId = z.string();
const objectWithId = z.looseObject({ id: z.string() });
const fieldsOf = (kind: 'managedDevice' | 'cloudPc' | 'cloudPcSnapshot'): z.ZodType<Readonly<Record<string, unknown>>> => z.partialRecord(z.enum([...entityFields[kind].everywhere, ...entityFields[kind].betaOnly]), z.unknown());

/** Undefined has no place in exact optional properties: absent is absent. */
const given = <Fields extends object>(fields: Fields): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };

function command<Schema extends z.ZodType>(schema: Schema, run: (tenant: ScriptedTenant, parameters: z.infer<Schema>) => unknown): ControlCommand {
  return { run: (tenant, parameters) => run(tenant, schema.parse(parameters)) };
}

const nothing = z.strictObject({});

/** What `POST /_script/{name}` can do. */
export const controlCommands: Readonly<Record<string, ControlCommand>> = {
  addDevices: command(z.strictObject({ count: z.int().min(1).max(100_000).default(1), fields: fieldsOf('managedDevice').optional() }), (tenant, { count, fields }) => tenant.addDevices(count, fields as Partial<ManagedDevice> | undefined).map(({ id, deviceName, serialNumber, azureADDeviceId }) => ({ id, deviceName, serialNumber, azureADDeviceId }))),
  changeDevice: command(z.strictObject({ deviceId, fields: fieldsOf('managedDevice') }), (tenant, { deviceId, fields }) => tenant.changeDevice(deviceId, fields as Partial<ManagedDevice>)),
  changeEncryption: command(z.strictObject({ deviceId, facts: z.record(z.string(), z.string()) }), (tenant, { deviceId, facts }) => tenant.changeEncryption(deviceId, facts as Partial<EncryptionFacts>)),
  behave: command(z.strictObject({ deviceId, behaviour: deviceBehaviourSchema.partial() }), (tenant, { deviceId, behaviour }) => tenant.behave(deviceId, given(behaviour))),
  removeDevice: command(z.strictObject({ deviceId }), (tenant, { deviceId }) => tenant.removeDevice(deviceId)),
  reenrol: command(z.strictObject({ deviceId }), (tenant, { deviceId }) => tenant.reenrol(deviceId)),
  devices: command(nothing, (tenant) => tenant.devices()),
  addRecoveryKey: command(z.strictObject({ deviceId }), (tenant, { deviceId }) => tenant.addRecoveryKey(deviceId)),
  removeRecoveryKeys: command(z.strictObject({ deviceId }), (tenant, { deviceId }) => tenant.removeRecoveryKeys(deviceId)),
  addAutopilotIdentity: command(z.looseObject({ serialNumber: z.string() }), (tenant, fields) => tenant.addAutopilotIdentity(fields)),
  setGroup: command(z.strictObject({ groupId: z.string(), deviceIds: z.array(z.string()) }), (tenant, { groupId, deviceIds }) => tenant.setGroup(groupId, deviceIds)),
  addCloudPc: command(z.strictObject({ managedDeviceId: z.string(), fields: fieldsOf('cloudPc').optional() }), (tenant, { managedDeviceId, fields }) => tenant.addCloudPc(managedDeviceId, fields as Partial<CloudPc> | undefined)),
  behaveCloudPc: command(z.strictObject({ cloudPcId, takesMs: z.number().min(0).optional(), outcome: z.enum(['done', 'failed']).optional() }), (tenant, { cloudPcId, ...behaviour }) => tenant.behaveCloudPc(cloudPcId, given(behaviour))),
  addSnapshot: command(z.strictObject({ cloudPcId, fields: fieldsOf('cloudPcSnapshot').optional() }), (tenant, { cloudPcId, fields }) => tenant.addSnapshot(cloudPcId, fields as Partial<CloudPcSnapshot> | undefined)),
  addSettingDefinition: command(objectWithId, (tenant, definition) => tenant.addSettingDefinition(definition)),
  addRecoveryUpdate: command(z.strictObject({ id: z.string(), displayName: z.string(), build: z.strictObject({ majorVersion: z.int(), minorVersion: z.int(), buildNumber: z.int(), updateBuildRevision: z.int() }) }), (tenant, entry) => tenant.addRecoveryUpdate(entry)),
  setWindowsRestore: command(z.strictObject({ state: z.enum(['notConfigured', 'enabled', 'disabled']) }), (tenant, { state }) => tenant.setWindowsRestore(state)),
  issueToken: command(z.strictObject({ scopes: z.array(z.string()), lifetimeMs: z.number().min(0).optional(), appId: z.string().optional(), userPrincipalName: z.string().optional() }), (tenant, request) => ({ token: tenant.issueToken(given(request)) })),
  revokeTokens: command(nothing, (tenant) => tenant.revokeTokens()),
  protect: command(z.strictObject({ area, excludedAppIds: z.array(z.string()).default([]) }), (tenant, { area, excludedAppIds }) => tenant.protect(area, { excludedAppIds })),
  unprotect: command(z.strictObject({ area }), (tenant, { area }) => tenant.unprotect(area)),
  setApprovalForm: command(z.strictObject({ form: z.enum(['forbidden-403', 'precondition-412', 'bad-request-400']) }), (tenant, { form }) => tenant.setApprovalForm(form)),
  decideApproval: command(z.strictObject({ code: z.string(), verdict: z.enum(['approved', 'rejected', 'cancelled']), by: z.string().optional(), justification: z.string().optional() }), (tenant, { code, verdict, ...decision }) => tenant.decideApproval(code, verdict, given(decision))),
  approvals: command(nothing, (tenant) => tenant.approvals()),
  inject: command(tenantFaultSchema, (tenant, fault) => tenant.inject(fault)),
  clearFaults: command(nothing, (tenant) => tenant.clearFaults()),
  advance: command(z.strictObject({ ms: z.number().min(0) }), (tenant, { ms }) => tenant.advance(ms)),
  requests: command(nothing, (tenant) => tenant.requests),
  violations: command(nothing, (tenant) => tenant.violations),
};
