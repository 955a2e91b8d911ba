import type { AuditActor, AuditEvent, AuditResource } from '@microsoft/microsoft-graph-types';
import type { RemoteAction, RemoteActionAudit } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { graphEntity, instant, text } from '../graph-entity.ts';
import { actionState } from './action-state.ts';

/** What somebody changed in Intune (v1.0). */
export const auditEventSchema = graphEntity<AuditEvent>()({
  id: z.string(),
  activity: text,
  activityType: text,
  activityOperationType: text,
  activityResult: text,
  activityDateTime: instant,
  correlationId: text,
  actor: graphEntity<AuditActor>()({ userPrincipalName: text, applicationId: text, applicationDisplayName: text, servicePrincipalName: text }).nullish(),
  resources: z.array(graphEntity<AuditResource>()({ resourceId: text, displayName: text, auditResourceType: text })).nullish(),
});

/** A remote action that somebody started on a device, and how far it has come (beta). */
export const remoteActionAuditSchema = graphEntity<RemoteActionAudit>()({
  id: z.string(),
  action: evolvable([
    'factoryReset', 'factoryResetKeepEnrollmentData', 'cleanWindowsDevice', 'automaticRedeployment', 'removeCompanyData', 'rebootNow', 'rotateBitLockerKeys',
    'initiateOnDemandProactiveRemediation', 'delete',
  ] satisfies RemoteAction[]).nullish(),
  actionState: actionState.nullish(),
  managedDeviceId: text,
  deviceDisplayName: text,
  initiatedByUserPrincipalName: text,
  requestDateTime: instant,
});
