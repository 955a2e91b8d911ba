import type { z } from 'zod';
import { listTargets } from '../devices/list-targets.ts';
import { runScriptPackage } from '../devices/run-script-package.ts';
import { refusals } from '../protocol/graph-refusal.ts';
import { instantOf } from '../state/instant.ts';
import type { assignScriptBody } from '../surface/bodies/assignment-body.ts';
import { answers } from './answers.ts';
import { assignablesOf } from './assignables.ts';
import type { GraphHandler } from './graph-call.ts';

/** Script packages that a tenant may have. @see https://learn.microsoft.com/en-us/intune/device-management/tools/deploy-remediations */
const maxHealthScripts = 200;

const scripts = assignablesOf('script package', 'scriptId', (tenant) => tenant.healthScripts);

/** What can be asked about and of script packages and platform scripts. Listings leave the scripts' text out, as Graph does. */
export const scriptHandlers: Readonly<Record<string, GraphHandler>> = {
  listHealthScripts: (tenant) => answers.list(tenant.healthScripts.list().map(({ order, item }) => ({ order, item: { ...item.entity, detectionScriptContent: null, remediationScriptContent: null } }))),
  getHealthScript: scripts.get,
  deleteHealthScript: scripts.remove,
  createHealthScript: (tenant, { body, nowMs }) => {
    if (tenant.healthScripts.size >= maxHealthScripts) return answers.refused(refusals.badRequest(`The tenant has ${maxHealthScripts} script packages already.`));
    const fields = body as Readonly<Record<string, unknown>>;
    const entity = { description: '', remediationScriptContent: '', runAs32Bit: false, enforceSignatureCheck: false, roleScopeTagIds: ['0'], ...fields, version: '1', isGlobalScript: false, deviceHealthScriptType: 'deviceHealthScript', createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs) };
    return answers.entity(scripts.create(tenant, entity).entity);
  },
  updateHealthScript: scripts.on((_, record, { body, nowMs }) => {
    record.entity = { ...record.entity, ...(body as Readonly<Record<string, unknown>>), version: String(Number(record.entity['version']) + 1), lastModifiedDateTime: instantOf(nowMs) };
    return answers.entity(record.entity);
  }),
  assignHealthScript: scripts.on((tenant, record, { body, nowMs }) => {
    const { deviceHealthScriptAssignments } = body as z.infer<typeof assignScriptBody>;
    scripts.assign(tenant, record, deviceHealthScriptAssignments.map(({ target }) => target), nowMs);
    for (const device of listTargets(tenant, record)) {
      tenant.schedule.at(nowMs + device.behaviour.pickUpAfterMs + device.behaviour.takesMs, (atMs) => {
        if (!device.behaviour.isOffline && tenant.devices.peek(device.id) === device) runScriptPackage(tenant, record.id, device, atMs);
      });
    }
    return answers.nothing;
  }),
  listScriptRunStates: scripts.on((tenant, record, { query }) => answers.array([...record.runStates].map(([deviceId, state]) => {
    const device = tenant.devices.peek(deviceId);
    return { ...state, ...(query.expand.includes('managedDevice') ? { managedDevice: device ? { id: deviceId, deviceName: device.entity.deviceName } : null } : {}) };
  }))),
  getScriptRunSummary: scripts.on((_, record) => {
    const states = [...record.runStates.values()];
    const count = (field: 'detectionState' | 'remediationState', value: string): number => states.filter((state) => state[field] === value).length;
    return answers.entity({
      id: record.id,
      noIssueDetectedDeviceCount: count('detectionState', 'success'),
      issueDetectedDeviceCount: count('detectionState', 'fail'),
      detectionScriptErrorDeviceCount: count('detectionState', 'scriptError'),
      detectionScriptNotApplicableDeviceCount: count('detectionState', 'notApplicable'),
      detectionScriptPendingDeviceCount: 0,
      issueRemediatedDeviceCount: count('remediationState', 'success'),
      remediationSkippedDeviceCount: count('remediationState', 'skipped'),
      issueReoccurredDeviceCount: count('remediationState', 'remediationFailed'),
      remediationScriptErrorDeviceCount: count('remediationState', 'scriptError'),
    });
  }),
  listPlatformScripts: (tenant) => answers.list(tenant.platformScripts.list().map(({ order, item }) => ({ order, item: { ...item, scriptContent: null } }))),
  createPlatformScript: (tenant, { body, nowMs }) => {
    const entity = { ...(body as Readonly<Record<string, unknown>>), id: tenant.random.guid(), createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs) };
    tenant.platformScripts.put(entity, tenant.settings.hiddenForReads);
    return answers.entity(entity);
  },
};
