import type { ProtectedArea } from '../surface/graph-row.ts';

/** What happens to writes in an area. */
export interface ApprovalPolicy {
  readonly id: string;
  readonly area: ProtectedArea;
  /** Applications that write without approval. */
  readonly excludedAppIds: readonly string[];
}

/** Where a request for approval stands. `approved` is not yet done; `completed` is. */
export type ApprovalStatus = 'needsApproval' | 'approved' | 'rejected' | 'cancelled' | 'completed' | 'expired';

/** A write that waits for another administrator. */
export interface ApprovalRecord {
  /** The approval code. */
  readonly id: string;
  readonly area: ProtectedArea;
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  readonly requestor: { readonly appId: string; readonly userPrincipalName?: string };
  readonly justification: string;
  /** What may be sent again, to the byte. */
  readonly write: { readonly method: string; readonly url: string; readonly bodyText: string };
  /** One request at a time for each. */
  readonly objectKey: string;
  status: ApprovalStatus;
  changedAtMs: number;
  approver?: string;
  approvalJustification?: string;
}
