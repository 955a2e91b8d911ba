import type { OperationApprovalRequest, OperationApprovalRequestStatus } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { graphEntity, instant, text } from '../graph-entity.ts';

/** A change that waits for other administrators, or waited (beta). */
export const operationApprovalRequestSchema = graphEntity<OperationApprovalRequest>()({
  id: z.string(),
  status: evolvable(['needsApproval', 'approved', 'rejected', 'cancelled', 'completed', 'expired'] satisfies OperationApprovalRequestStatus[]).nullish(),
  requestDateTime: instant,
  expirationDateTime: instant,
  lastModifiedDateTime: instant,
  requestJustification: text,
  approvalJustification: text,
});
