import type { z } from 'zod';
import { listTargets } from '../devices/list-targets.ts';
import { refusals } from '../protocol/graph-refusal.ts';
import type { AssignableRecord } from '../state/configuration-record.ts';
import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { assignBody } from '../surface/bodies/assignment-body.ts';
import type { betaCustomConfigurationBody, betaCustomConfigurationChange, OmaSettingBody } from '../surface/bodies/custom-configuration-body.ts';
import { answers } from './answers.ts';
import { assignablesOf, assignmentsOf } from './assignables.ts';
import type { GraphHandler } from './graph-call.ts';

const profiles = assignablesOf('device configuration', 'configurationId', (tenant) => tenant.configurations);

/** What can be asked about and of custom profiles. */
export const configurationHandlers: Readonly<Record<string, GraphHandler>> = {
  listConfigurations: profiles.list,
  getConfiguration: profiles.get,
  deleteConfiguration: profiles.remove,
  listConfigurationAssignments: profiles.listAssignments,
  createConfiguration: (tenant, { body, nowMs }) => {
    const fields = body as z.infer<typeof betaCustomConfigurationBody>;
    const secrets = new Map<string, unknown>();
    const entity = { description: null, roleScopeTagIds: ['0'], ...fields, omaSettings: hideValues(tenant, fields.omaSettings, secrets), createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs), version: 1 };
    return answers.entity(profiles.create(tenant, entity, secrets).entity);
  },
  updateConfiguration: profiles.on((tenant, record, { body, nowMs }) => {
    const { omaSettings, ...fields } = body as z.infer<typeof betaCustomConfigurationChange>;
    if (omaSettings) record.secrets.clear();
    const settings = omaSettings ? { omaSettings: hideValues(tenant, omaSettings, record.secrets) } : {};
    record.entity = { ...record.entity, ...fields, ...settings, lastModifiedDateTime: instantOf(nowMs), version: Number(record.entity['version']) + 1 };
    record.assignedAtMs = nowMs;
    return answers.entity(record.entity);
  }),
  assignConfiguration: profiles.on((tenant, record, { body, nowMs }) => {
    profiles.assign(tenant, record, (body as z.infer<typeof assignBody>).assignments.map(({ target }) => target), nowMs);
    return answers.array(assignmentsOf(record));
  }),
  listConfigurationStatuses: profiles.on((tenant, record, { nowMs }) => answers.array(statusesOf(tenant, record, nowMs))),
  getConfigurationOverview: profiles.on((tenant, record, { nowMs }) => {
    const statuses = statusesOf(tenant, record, nowMs);
    const count = (...wanted: readonly string[]): number => statuses.filter(({ status }) => wanted.includes(status)).length;
    return answers.entity({
      id: record.id, configurationVersion: record.entity['version'], lastUpdateDateTime: instantOf(nowMs),
      pendingCount: listTargets(tenant, record).length - statuses.length,
      notApplicableCount: count('notApplicable'), successCount: count('compliant'), errorCount: count('error'), failedCount: count('nonCompliant'), conflictCount: count('conflict'),
    });
  }),
  readOmaSecret: profiles.on((_, record, { params }) => {
    const value = record.secrets.get(params['secretId'] ?? '');
    return value === undefined ? answers.refused(refusals.notFound('secret', params['secretId'] ?? '')) : answers.value({ value });
  }),
};

/** Texts come back as stars, with a reference that `getOmaSettingPlainTextValue` takes. */
function hideValues(tenant: TenantState, settings: readonly OmaSettingBody[], secrets: Map<string, unknown>): Readonly<Record<string, unknown>>[] {
  return settings.map((setting) => {
    const shown = { description: null, ...setting };
    if (typeof setting.value !== 'string' || setting['@odata.type'] === '#microsoft.graph.omaSettingDateTime') return { ...shown, isEncrypted: false, secretReferenceValueId: null };
    const secretReferenceValueId = tenant.random.guid();
    secrets.set(secretReferenceValueId, setting.value);
    return { ...shown, value: '****', isEncrypted: true, secretReferenceValueId };
  });
}

/** Devices report once they have fetched the assignment; offline ones do not. */
function statusesOf(tenant: TenantState, record: AssignableRecord, nowMs: number): ({ readonly id: string; readonly status: string } & Readonly<Record<string, unknown>>)[] {
  return listTargets(tenant, record).flatMap(({ id, entity, behaviour }) => {
    const reportedAtMs = Math.max(record.assignedAtMs, Date.parse(entity.enrolledDateTime)) + behaviour.pickUpAfterMs;
    if (behaviour.isOffline || reportedAtMs > nowMs) return [];
    return [{ id: `${record.id}_${id}`, status: behaviour.configurationStatus, deviceDisplayName: entity.deviceName, deviceModel: entity.model, userName: entity.userDisplayName, userPrincipalName: entity.userPrincipalName, lastReportedDateTime: instantOf(reportedAtMs) }];
  });
}
