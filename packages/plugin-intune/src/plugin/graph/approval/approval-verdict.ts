import type { z } from 'zod';
import type { operationApprovalRequestSchema } from '../replies/operation-approval-request.ts';

/** What people decided about a parked change, and what follows from it. */
export interface ApprovalVerdict {
  /**
   * `waiting`: ask again later. `approved`: send it again now; it is not applied yet. `completed`: it was applied, so look for its effect and do not send it.
   * `rejected`, `cancelled`, `expired`: over. `unclear`: Graph shows no such request, or a state that is not known; nothing may be concluded from it.
   */
  readonly state: 'waiting' | 'approved' | 'rejected' | 'cancelled' | 'expired' | 'completed' | 'unclear';
  readonly reason: string;
  /** Until when people may still decide, as Graph says. */
  readonly expiresAt: string | undefined;
}

const meanings = {
  needsApproval: { state: 'waiting', reason: 'another administrator has to approve it in the Intune admin center' },
  approved: { state: 'approved', reason: 'another administrator approved it' },
  rejected: { state: 'rejected', reason: 'another administrator rejected it' },
  cancelled: { state: 'cancelled', reason: 'the approval request was cancelled' },
  completed: { state: 'completed', reason: 'the approved change was carried out' },
  expired: { state: 'expired', reason: 'nobody decided in time' },
} as const;

/** @param request as Graph shows it, or nothing when it shows none */
export function approvalVerdict(request: z.output<typeof operationApprovalRequestSchema> | undefined): ApprovalVerdict {
  if (!request) return { state: 'unclear', reason: 'Graph shows no such approval request: too new, or gone after 30 days', expiresAt: undefined };
  const expiresAt = request.expirationDateTime;
  const { value, raw } = request.status ?? { value: 'unknown', raw: '' };
  if (value === 'unknown') return { state: 'unclear', reason: `Graph says ${JSON.stringify(raw)}`, expiresAt };
  return { ...meanings[value], expiresAt };
}
