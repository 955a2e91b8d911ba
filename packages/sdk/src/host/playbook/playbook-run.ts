import type { DeviceBinding } from '../../schemas/device.ts';
import type { SignedApproval } from '../../schemas/approval.ts';
import type { Host, SubmitRequest } from '../host.ts';
import type { ApprovalRequest } from '../operations/approval-request.ts';
import type { Playbook, PlaybookStep, RecoveryEvidence } from './playbook.ts';

/** What the caller of `runPlaybook` brings: the device, what to send at each step, how to look, and whom to ask. */
export interface PlaybookRun {
  readonly host: Host;
  readonly pluginId: string;
  readonly device: DeviceBinding;
  readonly playbook: Playbook;
  /** Prefix of every operation key: the same run id resumes the same operations. */
  readonly runId: string;
  readonly requestedBy: string;
  /** How long approvers have, and how long the approved operation may be executed, from submission on. */
  readonly approveWithinMs: number;
  readonly executeWithinMs: number;
  readonly ttlMs: SubmitRequest['ttlMs'];
  readonly signal: AbortSignal;
  /** The intent of a step, or undefined when there is nothing to send for it here. */
  intentFor(step: PlaybookStep, facts: { readonly evidence: RecoveryEvidence; readonly restorePointId: string | undefined }): unknown;
  /** What is known now. Anything left out is looked up by the host through the plug-in. */
  observe(): Promise<Partial<Omit<RecoveryEvidence, 'attempts' | 'nowMs' | 'startedMs'>>>;
  /** Asks people; resolves with their signed decisions whenever these come. */
  requestApprovals(request: ApprovalRequest, call: { readonly signal: AbortSignal }): Promise<readonly SignedApproval[]>;
}
