import type { ValidationItem } from '@winre-kit/sdk';
import type { Boot } from '../../platform/platform.ts';
import { escrowNewRecoveryKey } from '../operations/recovery-keys.ts';
import type { BootRequest } from '../operations/operation-runner.ts';
import { keepRestorePoints } from '../restore/keep-restore-points.ts';
import type { AgentBoot, AgentCore } from './agent-boot.ts';
import { checkBoot, type BootCheckVerdict } from './boot-check.ts';
import { enrolAgain, judgeRebuild } from './continue-rebuild.ts';
import { runBoot } from './run-boot.ts';
import { planSettlements, type OpenSettlement } from './settle-operations.ts';

/**
 * Service mode: checks that the system boots, brings in the evidence of what recovery did, keeps restore points, and waits for the command to go to
 * recovery. A system that does not boot goes there by itself.
 */
export async function runService(core: AgentCore, boot: Boot, signal: AbortSignal): Promise<BootRequest> {
  const settlements = await planSettlements(core, boot, signal);
  for (const { settlement } of settlements) if (settlement.action === 'reboot') return settlement.request;
  const verdict = await checkBoot(core, core.settings.bootCheck, signal);
  core.lastBootCheck = verdict;
  const failures = verdict.state === 'passed' ? 0 : ((await core.memory.failures.read())?.count ?? 0) + 1;
  await core.memory.failures.write({ count: failures });
  core.log(failures === 0 ? 'info' : 'warn', 'boot check', { state: verdict.state, detail: verdict.detail, failures });
  if (failures > 0) return requestAfterFailures(core, failures);

  const confirmations = await confirmBoot(core, settlements, signal);
  return runBoot(core, boot, settlements, (current) => [
    (stop) => escrowThenConclude(current, confirmations, verdict, stop),
    (stop) => keepRestorePointsForever(current, stop),
    (stop) => repeatBootCheck(core, stop),
  ], signal);
}

function requestAfterFailures({ settings, log }: AgentCore, failures: number): BootRequest {
  if (failures < settings.bootCheck.failuresBeforeRecovery) return { mode: 'service', reason: 'unknown' };
  log('warn', 'the system does not boot: starting recovery', { failures });
  return { mode: 'recovery', reason: 'boot-failure' };
}

interface Confirmation extends OpenSettlement {
  /** Of a rebuild: how enrolling again went. */
  readonly enrolment: ValidationItem | undefined;
}

async function confirmBoot(core: AgentCore, settlements: readonly OpenSettlement[], signal: AbortSignal): Promise<readonly Confirmation[]> {
  const confirmations: Confirmation[] = [];
  for (const open of settlements.filter(({ settlement }) => settlement.action === 'confirm-boot')) {
    const rebuilt = open.operation.capability === 'winre.rebuild.trigger';
    confirmations.push({ ...open, enrolment: rebuilt ? await enrolAgain(core, open.operation, signal) : undefined });
  }
  return confirmations;
}

/** A volume whose recovery key lies nowhere is a volume that cannot be unlocked: that comes first. */
async function escrowThenConclude(current: AgentBoot, confirmations: readonly Confirmation[], verdict: BootCheckVerdict, signal: AbortSignal): Promise<never> {
  const { core, services, runner } = current;
  while (!services.link.channel) await services.link.nextChannel(signal).catch(() => signal.throwIfAborted());
  const encryption = await ensureEscrow(current, signal);
  for (const { operation, enrolment } of confirmations) {
    const { driversAvailable } = await core.platform.readiness();
    const booted = { state: 'succeeded', rawState: 'booted', message: `the system has started: ${verdict.detail}`, evidence: { kind: 'boot-check-passed', detail: { bootId: services.boot.bootId, detail: verdict.detail } } } as const;
    runner.conclude(operation.operationKey, enrolment ? judgeRebuild(operation, { boot: verdict, enrolment, encryption, driversAvailable }) : booted);
    if (enrolment) await core.continuityToken.remove();
  }
  return untilAborted(signal);
}

async function ensureEscrow({ core, services }: AgentBoot, signal: AbortSignal): Promise<ValidationItem> {
  const { encrypted, recoveryKeyIds } = await core.platform.volume.status();
  if (!encrypted) return { id: 'encryption', state: 'not-applicable', detail: 'the volume is not encrypted' };
  const escrowed = await core.memory.escrowedKey.read();
  if (escrowed && recoveryKeyIds.includes(escrowed.keyId)) return { id: 'encryption', state: 'passed', detail: `recovery key ${escrowed.keyId} is in escrow` };
  try {
    const keyId = await escrowNewRecoveryKey(services, signal);
    services.log('info', 'recovery key in escrow', { keyId });
    return { id: 'encryption', state: 'passed', detail: `recovery key ${keyId} is in escrow` };
  } catch (error) {
    signal.throwIfAborted();
    services.log('warn', 'the recovery key is not in escrow', { reason: (error as Error).message });
    return { id: 'encryption', state: 'failed', detail: (error as Error).message };
  }
}

async function keepRestorePointsForever({ core, services }: AgentBoot, signal: AbortSignal): Promise<never> {
  const { clock, settings, enrolment } = core;
  const lent = { ...core, log: services.log, restorePointsFolder: settings.restorePointsFolder, nowMs: () => services.link.gatewayTimeMs() ?? clock.now(), ownNowMs: () => clock.now(), retentionMemory: core.memory.retention };
  for (;;) {
    const waitMs = await keepRestorePoints(lent, enrolment.current.policies.restore ?? settings.restorePolicy, signal);
    const woken = new AbortController();
    const either = AbortSignal.any([signal, woken.signal]);
    // A new policy may make one due at once.
    await Promise.race([clock.sleep(waitMs, { signal: either }), enrolment.changes.wait(either)]).finally(() => woken.abort());
  }
}

async function repeatBootCheck(core: AgentCore, signal: AbortSignal): Promise<BootRequest> {
  const { bootCheck } = core.settings;
  if (bootCheck.repeatEveryMs === undefined) return untilAborted(signal);
  for (let failures = 0; ; ) {
    await core.clock.sleep(bootCheck.repeatEveryMs, { signal });
    const verdict = await checkBoot(core, bootCheck, signal);
    core.lastBootCheck = verdict;
    failures = verdict.state === 'passed' ? 0 : failures + 1;
    if (failures > 0) core.log('warn', 'boot check', { state: verdict.state, detail: verdict.detail, failures });
    if (failures >= bootCheck.failuresBeforeRecovery) return { mode: 'recovery', reason: 'boot-failure' };
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
