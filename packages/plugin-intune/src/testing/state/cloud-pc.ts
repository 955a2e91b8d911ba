import type { DeviceActionResult } from './device-action-result.ts';

/** A Cloud PC as Graph's beta shows it. */
export type CloudPc = {
  readonly id: string;
  readonly displayName: string;
  readonly aadDeviceId: string;
  readonly managedDeviceId: string;
  readonly managedDeviceName: string;
  readonly imageDisplayName: string;
  readonly provisioningPolicyId: string;
  readonly provisioningPolicyName: string;
  readonly servicePlanId: string;
  readonly servicePlanName: string;
  readonly userPrincipalName: string;
  readonly lastModifiedDateTime: string;
  readonly gracePeriodEndDateTime: string | null;
  readonly status: 'provisioned' | 'provisioning' | 'restoring' | 'failed' | 'inGracePeriod' | 'notProvisioned';
  readonly lastRemoteActionResult: (DeviceActionResult & { readonly cloudPcId: string; readonly managedDeviceId: string }) | null;
  readonly osVersion: string;
  readonly userAccountType: string;
};

/** A restore point of a Cloud PC. */
export type CloudPcSnapshot = {
  readonly id: string;
  readonly cloudPcId: string;
  readonly createdDateTime: string;
  readonly expirationDateTime: string | null;
  readonly lastRestoredDateTime: string | null;
  readonly snapshotType: 'automatic' | 'manual' | 'retention';
  readonly status: 'ready';
  readonly healthCheckStatus: 'unknown' | 'healthy' | 'unhealthy';
};

/** A Cloud PC, its restore points, and how its next actions go. */
export interface CloudPcRecord {
  readonly id: string;
  entity: CloudPc;
  snapshots: readonly CloudPcSnapshot[];
  /** How long an action takes. Default: 600,000. */
  takesMs: number;
  /** Default: done. */
  outcome: 'done' | 'failed';
}

/** An action on several Cloud PCs, and how each of them does. */
export interface BulkActionRecord {
  readonly id: string;
  readonly entity: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly progress: Map<string, 'pending' | 'successful' | 'failed' | 'notSupported'>;
}
