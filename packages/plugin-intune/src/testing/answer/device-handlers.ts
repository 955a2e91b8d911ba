import type { DeviceAction } from '../devices/action-names.table.ts';
import type { ActionOrder } from '../devices/ordered-action.ts';
import { startAction } from '../devices/start-action.ts';
import type { DeviceRecord } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { executeActionBody } from '../surface/bodies/device-action-bodies.ts';
import type { z } from 'zod';
import { answers } from './answers.ts';
import { nameOf, type GraphCall, type GraphHandler } from './graph-call.ts';

const onDevice = (run: (tenant: TenantState, record: DeviceRecord, call: GraphCall) => ReturnType<GraphHandler>): GraphHandler => (tenant, call) => {
  const id = call.params['deviceId'] ?? '';
  const record = tenant.devices.read(id);
  return record ? run(tenant, record, call) : answers.missing('managed device', id);
};

const order = (orderOf: (call: GraphCall) => ActionOrder): GraphHandler => onDevice((tenant, record, call) => {
  startAction(tenant, record, orderOf(call), { initiatedBy: nameOf(call.caller) }, call.nowMs);
  return answers.nothing;
});

const plain = (action: DeviceAction): GraphHandler => order(() => ({ action }));

interface KeepBody {
  readonly keepEnrollmentData?: boolean;
  readonly keepUserData?: boolean;
}

/** Keeping the users' data keeps the enrolment too: the machine comes back with the same id. */
const keepsEnrolment = (body: unknown): boolean => (body as KeepBody | undefined)?.keepEnrollmentData === true || (body as KeepBody | undefined)?.keepUserData === true;

/** What can be asked about and of managed devices. */
export const deviceHandlers: Readonly<Record<string, GraphHandler>> = {
  // A listing does not tell how actions went; only the one device does.
  listManagedDevices: (tenant) => answers.list(tenant.devices.list().map(({ order, item }) => ({ order, item: { ...item.entity, deviceActionResults: [], cloudPcRemoteActionResults: [] } }))),
  getManagedDevice: onDevice((_, { entity }) => answers.entity(entity)),
  deleteManagedDevice: onDevice((tenant, { id }) => {
    tenant.devices.remove(id);
    return answers.nothing;
  }),
  syncDevice: plain('syncDevice'),
  rebootNow: plain('rebootNow'),
  retire: plain('retire'),
  rotateBitLockerKeys: plain('rotateBitLockerKeys'),
  wipe: order(({ body }) => ({ action: 'wipe', keepsEnrolment: keepsEnrolment(body) })),
  cleanWindowsDevice: order(({ body }) => ({ action: 'cleanWindowsDevice', keepsEnrolment: keepsEnrolment(body) })),
  initiateOnDemandProactiveRemediation: (tenant, call) => {
    const { scriptPolicyId } = call.body as { readonly scriptPolicyId: string };
    if (!tenant.healthScripts.read(scriptPolicyId)) return answers.missing('script package', scriptPolicyId);
    return order(() => ({ action: 'initiateOnDemandProactiveRemediation', scriptId: scriptPolicyId }))(tenant, call);
  },
  executeAction: (tenant, { body, caller, nowMs }) => {
    const { actionName, deviceIds, ...keep } = body as z.infer<typeof executeActionBody>;
    const bulkDeviceActionId = tenant.random.guid();
    const notFound = deviceIds.filter((id) => tenant.devices.read(id) === undefined);
    const found = deviceIds.filter((id) => !notFound.includes(id));
    const isPossible = actionName !== 'initiateOnDemandProactiveRemediation';
    for (const id of isPossible ? found : []) {
      const record = tenant.devices.peek(id);
      if (!record) continue;
      if (actionName === 'delete') tenant.devices.remove(id);
      else startAction(tenant, record, { action: actionName, keepsEnrolment: keepsEnrolment(keep) }, { initiatedBy: nameOf(caller), bulkDeviceActionId }, nowMs);
    }
    return answers.value({ successfulDeviceIds: isPossible ? found : [], failedDeviceIds: [], notFoundDeviceIds: notFound, notSupportedDeviceIds: isPossible ? [] : found });
  },
  listDeviceScriptStates: onDevice((tenant, { id, entity }) => answers.array(tenant.healthScripts.items().flatMap((script) => {
    const state = script.runStates.get(id);
    return state ? [{ ...state, id: `${script.id}:${id}`, deviceId: id, deviceName: entity.deviceName, policyId: script.id, policyName: script.entity['displayName'], osVersion: entity.osVersion, userName: entity.userPrincipalName }] : [];
  }))),
  listEncryptionStates: (tenant) => answers.list(tenant.devices.list().map(({ order, item }) => ({ order, item: encryptionStateOf(item) }))),
  getEncryptionState: onDevice((_, record) => answers.entity(encryptionStateOf(record))),
};

function encryptionStateOf({ id, entity, encryption }: DeviceRecord): { readonly id: string } & Readonly<Record<string, unknown>> {
  return { id, userPrincipalName: entity.userPrincipalName, osVersion: entity.osVersion, deviceName: entity.deviceName, ...encryption };
}
