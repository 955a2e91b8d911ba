import type { Playbook, PlaybookDecision, PlaybookStep, RecoveryEvidence } from './playbook.ts';

/** What one step has to say about itself, given the evidence. */
type StepVerdict =
  | { readonly verdict: 'run'; readonly reason: string; readonly restorePointId?: string }
  | { readonly verdict: 'wait'; readonly reason: string; readonly untilMs: number }
  /** Not needed, not possible, or tried often enough: go on with the next. */
  | { readonly verdict: 'pass'; readonly reason: string };

/**
 * Chooses the next step of a recovery: the first one in the playbook that is needed, possible and not used up. Pure: the same evidence gives the same answer, with reasons.
 * When none is left, or the device cannot be reached, a person is asked.
 */
export function nextStep(playbook: Playbook, evidence: RecoveryEvidence): PlaybookDecision {
  if (evidence.booted) return { action: 'done', reasons: ['the device runs its operating system'] };
  const recovered = recoveredBy(playbook, evidence);
  if (recovered) return { action: 'done', reasons: [recovered] };
  const reasons: string[] = [];
  for (const step of playbook.steps) {
    const verdict = judgeStep(step, evidence);
    reasons.push(`${step.id}: ${verdict.reason}`);
    if (verdict.verdict === 'wait') return { action: 'wait-for-native-qmr', step, untilMs: verdict.untilMs, reasons };
    if (verdict.verdict === 'run') {
      if (!evidence.sessionLive) return { action: 'ask-person', reasons: [...reasons, 'the device has no live WinRE session: nothing can be sent'] };
      return { action: 'run-step', step, attempt: attemptsOf(step, evidence).length + 1, restorePointId: verdict.restorePointId, reasons };
    }
  }
  return { action: 'ask-person', reasons: [...reasons, 'no step is left: use recovery media or remote hands'] };
}

/** A restore or rebuild that succeeded had evidence for it. Only another session shows that the device is in trouble again; its start is told by another clock and proves nothing. */
function recoveredBy(playbook: Playbook, { attempts, sessionLive, sessionId }: RecoveryEvidence): string | undefined {
  const lastSuccess = attempts.findLast(({ stepId, outcome }) => outcome === 'succeeded' && playbook.steps.some(({ id, kind }) => id === stepId && (kind === 'restore' || kind === 'rebuild')));
  if (!lastSuccess) return undefined;
  const isBackInWinre = sessionLive && sessionId !== undefined && lastSuccess.sessionId !== undefined && sessionId !== lastSuccess.sessionId;
  return isBackInWinre ? undefined : `${lastSuccess.stepId} succeeded, and no new WinRE session was seen since`;
}

function judgeStep(step: PlaybookStep, evidence: RecoveryEvidence): StepVerdict {
  switch (step.kind) {
    case 'wait-for-native-qmr':
      return judgeNativeRemediation(step, evidence);
    case 'network':
      if (evidence.network?.connected) return pass(`connected${evidence.network.kind ? ` by ${evidence.network.kind}` : ''}`);
      return runOnceMore(step, evidence, evidence.network ? 'not connected' : 'the network is not known');
    case 'script':
      return runOnceMore(step, evidence, 'a script may repair it without loss');
    case 'keys-release':
      if (evidence.volumeLocked === false) return pass('the volume is not locked');
      return runOnceMore(step, evidence, evidence.volumeLocked ? 'the volume is locked' : 'it is not known whether the volume is locked');
    case 'restore':
      return judgeRestore(step, evidence);
    case 'rebuild':
      return runOnceMore(step, evidence, 'everything gentler was passed over or used up');
  }
}

function judgeNativeRemediation(step: PlaybookStep, { nativeRemediation, startedMs, nowMs }: RecoveryEvidence): StepVerdict {
  if (!nativeRemediation) return pass('the vendor cannot see Quick Machine Recovery');
  const untilMs = startedMs + step.timeLimitMs;
  if (nativeRemediation.state !== 'running') return pass(`Quick Machine Recovery is ${nativeRemediation.state}`);
  return nowMs < untilMs ? { verdict: 'wait', reason: 'Quick Machine Recovery is running', untilMs } : pass(`Quick Machine Recovery did not end within ${step.timeLimitMs} ms`);
}

function judgeRestore(step: PlaybookStep, evidence: RecoveryEvidence): StepVerdict {
  const { restorePoints, volumeLocked } = evidence;
  if (volumeLocked) return pass('the volume is still locked');
  if (!restorePoints) return pass('the restore points are not known');
  const newestFirst = restorePoints.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  const damaged = newestFirst.filter(({ state }) => state === 'damaged').length;
  const usable = newestFirst.filter(({ state }) => state !== 'damaged');
  // One attempt at each point, the newest first: a point that failed is not tried again before older ones.
  const point = usable[attemptsOf(step, evidence).length % Math.max(1, usable.length)];
  if (!point) return pass(restorePoints.length === 0 ? 'there are no restore points' : `all ${damaged} restore points are damaged`);
  const run = runOnceMore(step, evidence, `restore point ${point.id} of ${point.takenAt} is ${point.state}${damaged > 0 ? `; ${damaged} others are damaged` : ''}`);
  return run.verdict === 'run' ? { ...run, restorePointId: point.id } : run;
}

/** Runs the step unless it has succeeded or its attempts are used up. A refusal uses up all of them: the same request would be refused again. */
function runOnceMore(step: PlaybookStep, evidence: RecoveryEvidence, reason: string): StepVerdict {
  const attempts = attemptsOf(step, evidence);
  const last = attempts.at(-1);
  if (last?.outcome === 'succeeded') return pass('done, and the device still does not boot');
  if (last?.outcome === 'refused') return pass(`refused: ${last.reason}`);
  if (last && attempts.length >= step.maxAttempts) return pass(`${attempts.length} of ${step.maxAttempts} attempts are used: ${last.reason}`);
  return { verdict: 'run', reason };
}

function attemptsOf(step: PlaybookStep, { attempts }: RecoveryEvidence): RecoveryEvidence['attempts'] {
  return attempts.filter(({ stepId }) => stepId === step.id);
}

function pass(reason: string): StepVerdict {
  return { verdict: 'pass', reason };
}
