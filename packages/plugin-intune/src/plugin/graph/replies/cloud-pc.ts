import type { CloudPC } from '@microsoft/microsoft-graph-types';
import type {
  CloudPC as BetaCloudPC, CloudPcSnapshot, CloudPcSnapshotHealthCheckStatus, CloudPcSnapshotStatus, CloudPcSnapshotType, CloudPcStatus,
} from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { graphEntity, instant, text } from '../graph-entity.ts';
import { cloudPcActionResultSchema } from './managed-device.ts';

/** A Cloud PC as v1.0 shows it: who it is, not how it is. */
export const cloudPcSchema = graphEntity<CloudPC>()({
  id: z.string(),
  aadDeviceId: text,
  managedDeviceId: text,
  managedDeviceName: text,
  displayName: text,
  provisioningPolicyId: text,
  servicePlanName: text,
  userPrincipalName: text,
  lastModifiedDateTime: instant,
  gracePeriodEndDateTime: instant,
});

const cloudPcStatus = evolvable([
  'notProvisioned', 'provisioning', 'provisioned', 'inGracePeriod', 'deprovisioning', 'failed', 'provisionedWithWarnings', 'resizing', 'restoring', 'pendingProvision',
  'movingRegion', 'resizePendingLicense', 'updatingSingleSignOn', 'modifyingSingleSignOn', 'preparing',
] satisfies CloudPcStatus[]);

/** What beta knows beyond v1.0: without it a restore can be started and not watched. */
export const cloudPcStatusSchema = graphEntity<BetaCloudPC>()({
  id: z.string(),
  status: cloudPcStatus.nullish(),
  lastRemoteActionResult: cloudPcActionResultSchema.nullish(),
});

/** A restore point of a Cloud PC (beta). */
export const cloudPcSnapshotSchema = graphEntity<CloudPcSnapshot>()({
  id: z.string(),
  cloudPcId: text,
  createdDateTime: instant,
  expirationDateTime: instant,
  lastRestoredDateTime: instant,
  snapshotType: evolvable(['automatic', 'manual', 'retention'] satisfies CloudPcSnapshotType[]).nullish(),
  status: evolvable(['ready'] satisfies CloudPcSnapshotStatus[]).nullish(),
  healthCheckStatus: evolvable(['healthy', 'unhealthy'] satisfies CloudPcSnapshotHealthCheckStatus[]).nullish(),
});
