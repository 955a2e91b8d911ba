import type { EnrollmentState, WindowsAutopilotDeviceIdentity } from '@microsoft/microsoft-graph-types';
import type { WindowsAutopilotDeviceIdentity as BetaIdentity, WindowsAutopilotProfileAssignmentStatus, WindowsAutopilotDeviceRemediationState } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { graphEntity, instant, text } from '../graph-entity.ts';

/** A device that Windows Autopilot knows by its hardware, as v1.0 shows it. `managedDeviceId` is all zeros until it has enrolled. */
export const autopilotIdentitySchema = graphEntity<WindowsAutopilotDeviceIdentity>()({
  id: z.string(),
  serialNumber: text,
  manufacturer: text,
  model: text,
  groupTag: text,
  enrollmentState: evolvable(['enrolled', 'pendingReset', 'failed', 'notContacted'] satisfies EnrollmentState[]).nullish(),
  lastContactedDateTime: instant,
  azureActiveDirectoryDeviceId: text,
  managedDeviceId: text,
});

/** What beta knows beyond v1.0: whether a deployment profile is assigned and has arrived. Microsoft's spelling. */
export const autopilotAssignmentSchema = graphEntity<BetaIdentity>()({
  id: z.string(),
  deploymentProfileAssignmentStatus: evolvable(
    ['assignedInSync', 'assignedOutOfSync', 'assignedUnkownSyncState', 'notAssigned', 'pending', 'failed'] satisfies WindowsAutopilotProfileAssignmentStatus[],
  ).nullish(),
  deploymentProfileAssignedDateTime: instant,
  remediationState: evolvable(['noRemediationRequired', 'automaticRemediationRequired', 'manualRemediationRequired'] satisfies WindowsAutopilotDeviceRemediationState[]).nullish(),
});
