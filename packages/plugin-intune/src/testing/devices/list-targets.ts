import type { DeviceRecord } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { AssignableRecord } from '../state/configuration-record.ts';

/** The devices that something is assigned to, exclusions taken out. */
export function listTargets(tenant: TenantState, { assignments }: AssignableRecord): DeviceRecord[] {
  const members = (groupId: string): ReadonlySet<string> => tenant.groups.get(groupId) ?? new Set();
  return tenant.devices.items().filter(({ id }) => {
    const isIn = assignments.some(({ target }) => target['@odata.type'] === '#microsoft.graph.allDevicesAssignmentTarget' || (target['@odata.type'] === '#microsoft.graph.groupAssignmentTarget' && members(target.groupId).has(id)));
    return isIn && !assignments.some(({ target }) => target['@odata.type'] === '#microsoft.graph.exclusionGroupAssignmentTarget' && members(target.groupId).has(id));
  });
}
