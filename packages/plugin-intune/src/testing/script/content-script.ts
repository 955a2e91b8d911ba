import { RecoveryError } from '@winre-kit/sdk';
import type { CloudPc, CloudPcRecord, CloudPcSnapshot } from '../state/cloud-pc.ts';
import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';

/** What a test puts into the tenant besides devices. */
export interface ContentScript {
  /** Makes a Cloud PC of a managed device. */
  addCloudPc(managedDeviceId: string, fields?: Partial<Omit<CloudPc, 'id'>>): CloudPc;
  /** How its next actions go. */
  behaveCloudPc(cloudPcId: string, behaviour: Partial<Pick<CloudPcRecord, 'takesMs' | 'outcome'>>): void;
  addSnapshot(cloudPcId: string, fields?: Partial<Omit<CloudPcSnapshot, 'id' | 'cloudPcId'>>): CloudPcSnapshot;
  cloudPc(cloudPcId: string): CloudPc | undefined;
  /** Adds a definition to the settings catalog. A choice needs `options: [{ itemId }]`. */
  addSettingDefinition(definition: { readonly id: string } & Readonly<Record<string, unknown>>): void;
  /** Adds an entry of Quick Machine Recovery to the catalog of Windows updates. */
  addRecoveryUpdate(entry: { readonly id: string; readonly displayName: string; readonly build: { readonly majorVersion: number; readonly minorVersion: number; readonly buildNumber: number; readonly updateBuildRevision: number } }): void;
  /** Windows Backup for Organizations in the settings of enrolment. */
  setWindowsRestore(state: 'notConfigured' | 'enabled' | 'disabled'): void;
}

/** The script of what else is in a tenant. */
export function createContentScript(tenant: TenantState): ContentScript {
  const must = (cloudPcId: string): CloudPcRecord => {
    const record = tenant.cloudPcs.peek(cloudPcId);
    if (!record) throw new RecoveryError('not-found', `the tenant has no Cloud PC ${cloudPcId}`, { fieldPath: 'cloudPcId' });
    return record;
  };
  const now = (): string => instantOf(tenant.settings.nowMs());
  return {
    addCloudPc(managedDeviceId, fields = {}) {
      const device = tenant.devices.peek(managedDeviceId);
      if (!device) throw new RecoveryError('not-found', `the tenant has no managed device ${managedDeviceId}`, { fieldPath: 'managedDeviceId' });
      const id = tenant.random.guid();
      const entity: CloudPc = {
        displayName: `Cloud ${device.entity.deviceName}`, aadDeviceId: device.entity.azureADDeviceId, managedDeviceId, managedDeviceName: device.entity.deviceName, imageDisplayName: 'Windows 11 Enterprise',
        provisioningPolicyId: 'provisioning-1', provisioningPolicyName: 'Standard', servicePlanId: 'plan-1', servicePlanName: 'Cloud PC Enterprise 2vCPU/8GB/128GB', userPrincipalName: device.entity.userPrincipalName,
        lastModifiedDateTime: now(), gracePeriodEndDateTime: null, status: 'provisioned', lastRemoteActionResult: null, osVersion: 'windows11', userAccountType: 'standardUser', ...fields, id,
      };
      tenant.cloudPcs.put({ id, entity, snapshots: [], takesMs: 600_000, outcome: 'done' });
      return entity;
    },
    behaveCloudPc: (cloudPcId, behaviour) => void Object.assign(must(cloudPcId), behaviour),
    addSnapshot(cloudPcId, fields = {}) {
      const record = must(cloudPcId);
      const snapshot: CloudPcSnapshot = { createdDateTime: now(), expirationDateTime: null, lastRestoredDateTime: null, snapshotType: 'automatic', status: 'ready', healthCheckStatus: 'healthy', ...fields, id: tenant.random.guid(), cloudPcId };
      record.snapshots = [...record.snapshots, snapshot];
      return snapshot;
    },
    cloudPc(cloudPcId) {
      tenant.schedule.settle(tenant.settings.nowMs());
      return tenant.cloudPcs.peek(cloudPcId)?.entity;
    },
    addSettingDefinition: (definition) => tenant.settingDefinitions.put(definition),
    addRecoveryUpdate: ({ id, displayName, build }) => tenant.catalogEntries.put({
      id, displayName, '@odata.type': '#microsoft.graph.windowsUpdates.recoveryUpdateCatalogEntry', releaseDateTime: now(), deployableUntilDateTime: null, catalogName: displayName,
      productRevisions: [{ id: `${id}-revision`, version: 'Windows 11', product: 'Windows 11', osBuild: build, knowledgeBaseArticle: null }],
    }),
    setWindowsRestore: (state) => tenant.enrolmentConfigurations.put({
      id: 'tenant_WindowsRestore', '@odata.type': '#microsoft.graph.windowsRestoreDeviceEnrollmentConfiguration', displayName: 'Windows Restore', deviceEnrollmentConfigurationType: 'WindowsRestore', state, priority: 0, version: 1,
    }),
  };
}
