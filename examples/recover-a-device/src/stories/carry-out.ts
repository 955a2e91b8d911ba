import { instantAt, isTerminalState, RecoveryError, signApproval, type OperationSnapshot, type RecoveryPlan } from '@winre-kit/sdk';
import { approvalStatementFor, systemClock, type ApprovalRequest, type Host } from '@winre-kit/sdk/host';
import type { SignedApproval } from '@winre-kit/sdk';
import type { People, Person } from '../world/people.ts';
import type { StepReport } from '../timeline.ts';

const approveWithinMs = 10 * 60_000;

/** Plans an intent and submits it: from here on it is in the journal. */
export async function submitIntent(host: Host, pluginId: string, intent: unknown, operationKey: string, people: People): Promise<{ readonly plan: RecoveryPlan; readonly snapshot: OperationSnapshot }> {
  const plan = await host.plan(pluginId, intent);
  const until = instantAt(systemClock.now() + approveWithinMs);
  const snapshot = await host.submit(plan, { operationKey, requestedBy: people.operator.principal, approveBy: until, executeBy: until, ttlMs: approveWithinMs });
  return { plan, snapshot };
}

/** What an approver does after reading the plan: signs its digest. */
export async function signDecision(request: ApprovalRequest, { signer }: Person, reason: string): Promise<SignedApproval> {
  return signApproval(approvalStatementFor(request, { decision: 'approve', decidedAt: instantAt(systemClock.now()), reason }), signer);
}

/** Waits for the end, drawing progress. @throws {RecoveryError} when it does not end in `succeeded` */
export async function followToSuccess(host: Host, operationKey: string, report: StepReport): Promise<OperationSnapshot> {
  let last: OperationSnapshot | undefined;
  for await (const snapshot of host.watch(operationKey)) {
    last = snapshot;
    report.progress(snapshot.report?.percent ?? 0, `${snapshot.state}${snapshot.report?.message ? ` · ${snapshot.report.message}` : ''}`);
  }
  if (last?.state !== 'succeeded') throw new RecoveryError('internal', `${operationKey} ended as ${last?.state ?? 'nothing'}: ${last?.report?.deviceCode ?? ''} ${last?.report?.message ?? last?.reason ?? ''}`);
  return last;
}

/** Plan, approval by the second person where one is needed, dispatch, and the wait for evidence. */
export async function carryOut(
  world: { readonly host: Host; readonly pluginId: string; readonly people: People },
  intent: unknown,
  operationKey: string,
  report: StepReport,
): Promise<OperationSnapshot> {
  const { host, pluginId, people } = world;
  const { snapshot } = await submitIntent(host, pluginId, intent, operationKey, people);
  if (snapshot.state === 'awaiting-approval') await host.approve(operationKey, await signDecision(await host.approvalRequest(operationKey), people.approver, 'read and approved'));
  const started = await host.start(operationKey);
  return isTerminalState(started.state) && started.state === 'succeeded' ? started : followToSuccess(host, operationKey, report);
}
