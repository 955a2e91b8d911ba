import { instantAt } from '../../contract/clock.ts';
import { isTerminalState } from '../../contract/operation-transition.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { OperationSnapshot } from '../../schemas/operation.ts';
import { boundedSignal } from '../plugins/bounded-wait.ts';
import { nextStep } from './next-step.ts';
import { observeDevice } from './observe-device.ts';
import { playbookSchema, type PlaybookDecision, type PlaybookEvent, type RecoveryEvidence, type StepAttempt } from './playbook.ts';
import type { PlaybookRun } from './playbook-run.ts';

const observeEveryMs = 15_000;
type RunStep = Extract<PlaybookDecision, { action: 'run-step' }>;

/**
 * Recovers one device step by step: look, decide, act, look again, until it is done or a person has to be asked. Every decision is audited with its reasons.
 * Run again with the same `runId` after a restart it goes on with the same operations. Stopping leaves a started operation to run; `host.cancel` ends one.
 *
 * @throws the signal's reason when aborted, and {@link RecoveryError} when the host cannot journal or audit
 */
export async function* runPlaybook(run: PlaybookRun): AsyncGenerator<PlaybookEvent, void> {
  const playbook = parseOrThrow(playbookSchema, run.playbook, 'playbook');
  const { host, signal } = run;
  const startedMs = host.clock.now();
  const attempts: StepAttempt[] = [];
  for (;;) {
    signal.throwIfAborted();
    const evidence = await lookAt(run, startedMs, attempts);
    const decision = nextStep(playbook, evidence);
    await auditRun(run, 'playbook.decision', decision.action, decision.reasons);
    yield { type: 'decision', decision };
    if (decision.action === 'done' || decision.action === 'ask-person') {
      await auditRun(run, 'playbook.ended', decision.action, decision.reasons);
      yield { type: 'ended', outcome: decision.action, reasons: decision.reasons };
      return;
    }
    if (decision.action === 'wait-for-native-qmr') {
      await host.clock.sleep(Math.max(1, Math.min(observeEveryMs, decision.untilMs - host.clock.now())), { signal });
      continue;
    }
    const attempt = await attemptStep(run, decision, evidence);
    attempts.push(attempt);
    yield { type: 'attempt', attempt };
  }
}

async function lookAt(run: PlaybookRun, startedMs: number, attempts: readonly StepAttempt[]): Promise<RecoveryEvidence> {
  const looked = await observeDevice(run.host, run.pluginId, run.device, { signal: run.signal });
  return { ...looked, ...(await run.observe()), nowMs: run.host.clock.now(), startedMs, attempts: [...attempts] };
}

/** One attempt, with the time limit of its step. Whatever goes wrong with it is its outcome; only aborts and unwritable records end the run. */
async function attemptStep(run: PlaybookRun, { step, attempt, restorePointId }: RunStep, evidence: RecoveryEvidence): Promise<StepAttempt> {
  const operationKey = `${run.runId}:${step.id}:${attempt}`;
  const ended = (outcome: StepAttempt['outcome'], reason: string): StepAttempt => ({ stepId: step.id, outcome, reason, operationKey, sessionId: evidence.sessionId, endedMs: run.host.clock.now() });
  using bound = boundedSignal(run.host.clock, [run.signal], run.host.clock.now() + step.timeLimitMs, `playbook step ${step.id}`);
  try {
    const intent = run.intentFor(step, { evidence, restorePointId });
    if (intent === undefined) return { ...ended('refused', 'nothing to send was given for this step'), operationKey: undefined };
    const last = await carryOut(run, operationKey, intent, bound.signal);
    return ended(last.state === 'succeeded' ? 'succeeded' : last.state === 'rejected' ? 'refused' : 'failed', `${last.state}: ${last.reason}`);
  } catch (error) {
    run.signal.throwIfAborted();
    if (bound.signal.aborted) {
      // Best effort: what was not sent must not be sent later, and the device should be free for the next step.
      await run.host.cancel(operationKey, run.requestedBy, `playbook step ${step.id} took longer than ${step.timeLimitMs} ms`, { signal: run.signal }).catch(() => run.signal.throwIfAborted());
      return ended('timed-out', `not done within ${step.timeLimitMs} ms`);
    }
    if (!RecoveryError.isInstance(error) || error.code === 'data-loss') throw error;
    const mayHelpLater: readonly string[] = ['unavailable', 'device-unreachable', 'session-lost', 'conflict', 'resource-exhausted', 'deadline-exceeded', 'plan-stale'];
    return ended(mayHelpLater.includes(error.code) ? 'failed' : 'refused', `${error.code}: ${error.message}`);
  }
}

async function carryOut(run: PlaybookRun, operationKey: string, intent: unknown, signal: AbortSignal): Promise<OperationSnapshot> {
  const { host } = run;
  let snapshot = await submitOrResume(run, operationKey, intent, signal);
  if (snapshot.state === 'awaiting-approval') {
    const decisions = await run.requestApprovals(await host.approvalRequest(operationKey), { signal });
    for (const approval of decisions) {
      snapshot = await host.approve(operationKey, approval);
      if (snapshot.state !== 'awaiting-approval') break;
    }
  }
  if (isTerminalState(snapshot.state)) return snapshot;
  snapshot = await host.start(operationKey, { signal });
  for await (const latest of host.watch(operationKey, { signal })) snapshot = latest;
  return snapshot;
}

async function submitOrResume(run: PlaybookRun, operationKey: string, intent: unknown, signal: AbortSignal): Promise<OperationSnapshot> {
  const { host } = run;
  try {
    return await host.operations.get(operationKey);
  } catch (error) {
    if (!RecoveryError.isInstance(error) || error.code !== 'not-found') throw error;
  }
  const nowMs = host.clock.now();
  return host.submit(await host.plan(run.pluginId, intent, { signal }), {
    operationKey,
    requestedBy: run.requestedBy,
    approveBy: instantAt(nowMs + run.approveWithinMs),
    executeBy: instantAt(nowMs + Math.max(run.approveWithinMs, run.executeWithinMs)),
    ttlMs: run.ttlMs,
  });
}

async function auditRun({ host, pluginId, device, runId, playbook, requestedBy }: PlaybookRun, kind: 'playbook.decision' | 'playbook.ended', action: string, reasons: readonly string[]): Promise<void> {
  await host.audit.append({ kind, actor: 'host', subject: { pluginId, deviceId: device.id }, message: action, facts: { runId, playbook: playbook.id, version: playbook.version, requestedBy, reasons: [...reasons] } });
}
