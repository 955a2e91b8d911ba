import { capabilityFloors, instantAt, RecoveryError, toHex, type SecretValue } from '@winre-kit/sdk';
import { commandSecretContext, openSealed, type DeviceReportInput, type OperationCommand } from '../../protocol/index.ts';
import type { Boot } from '../../platform/platform.ts';
import type { AgentServices } from '../agent-services.ts';
import type { Channel } from '../channel/open-channel.ts';
import type { ReportOutbox } from '../channel/report-outbox.ts';
import { reportsPerAttempt, type LedgerOperation } from '../state/ledger-view.ts';
import type { OperationLedger } from '../state/operation-ledger.ts';
import { judgeCommand, type OperationEnvelope } from './judge-command.ts';
import type { OperationHandlers, OperationOutcome, OperationRequest, OperationResult, OperationStage, PreparedOperation, PrepareOperation } from './operation-handler.ts';

/** The phase that says: what is seen at the next boot decides. */
export const awaitingBoot = 'awaiting-boot';
const witnessed = 'witnessed';

/** What comes back from an operation to the mode that runs it. */
export interface BootRequest {
  readonly mode: Boot['mode'];
  readonly reason: Boot['reason'];
}

/** Executes operations one after the other, each at most once. */
export interface OperationRunner {
  /** Writes the command down; resolves before it is executed. A command that is known already is not executed again. */
  receive(command: OperationCommand, channel: Channel): Promise<void>;
  /** Goes on with an operation that was begun before the agent was killed. */
  resume(operation: LedgerOperation, run: PreparedOperation): void;
  /** Takes up a destructive operation that was received but not begun. */
  takeUp(operation: LedgerOperation): void;
  /** Ends an operation whose outcome became known otherwise, once what was queued before is done. */
  conclude(operationKey: string, result: OperationResult): void;
  /** Resolves with the request of the first operation that ends with a new start of the machine; rejects when the signal aborts or the ledger breaks. */
  run(signal: AbortSignal): Promise<BootRequest>;
}

export function createOperationRunner(services: AgentServices, lent: { readonly ledger: OperationLedger; readonly outbox: ReportOutbox; readonly handlers: OperationHandlers }): OperationRunner {
  const { link, clock, log, boot } = services;
  const { ledger, outbox, handlers } = lent;
  const queue: ((signal: AbortSignal) => Promise<BootRequest | undefined>)[] = [];
  let wake = Promise.withResolvers<void>();
  const enqueue = (work: (typeof queue)[number]): void => {
    queue.push(work);
    wake.resolve();
  };
  const progressCounts = new Map<string, number>();
  const nextReportSequence = (operationKey: string): number => {
    const count = (progressCounts.get(operationKey) ?? 0) + 1;
    progressCounts.set(operationKey, count);
    return (ledger.view.operations.get(operationKey)?.attempt ?? 0) * reportsPerAttempt + count;
  };
  const report = (operationKey: string, progress: Omit<DeviceReportInput, 'observedAt'>): void => {
    const gatewayTimeMs = link.gatewayTimeMs();
    // Progress from before the first signed time has no believable date; the next one will.
    if (gatewayTimeMs !== undefined) outbox.progress(operationKey, nextReportSequence(operationKey), { ...progress, observedAt: instantAt(gatewayTimeMs) });
  };

  const finish = async (operationKey: string, { evidence, ...result }: OperationResult, signal: AbortSignal): Promise<void> => {
    const seenAtMs = clock.monotonicMs();
    while (link.gatewayTimeMs() === undefined) await link.nextChannel(signal).catch(() => signal.throwIfAborted());
    const observedAt = instantAt(Math.floor((link.gatewayTimeMs() ?? 0) - (clock.monotonicMs() - seenAtMs)));
    const final: DeviceReportInput = { ...result, observedAt, percent: 100, ...(evidence && { evidence: { ...evidence, observedAt, source: 'agent' } }) };
    await ledger.append({ entry: 'finished', operationKey, reportSequence: nextReportSequence(operationKey), report: { notices: [], ...final } });
    log(result.state === 'succeeded' ? 'info' : 'warn', 'operation finished', { operationKey, state: result.state, rawState: result.rawState, outcome: result.message });
    outbox.finished();
  };

  const refuse = async (operationKey: string, error: unknown, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const known = RecoveryError.isInstance(error);
    if (!known) log('error', 'an operation failed for a reason of its own', { operationKey, reason: String(error) });
    const begun = ledger.view.operations.get(operationKey)?.state === 'started';
    const code = known ? error.code : 'internal';
    const message = `${known ? error.message : 'the agent failed on it; its log says more'}${begun ? '' : ' (nothing was changed)'}`;
    await finish(operationKey, { state: 'failed', rawState: begun ? code : 'refused', deviceCode: code, message }, signal);
  };

  const stageOf = (operationKey: string, resumed: boolean, signal: AbortSignal): OperationStage => {
    const current = (): LedgerOperation | undefined => ledger.view.operations.get(operationKey);
    const executionId = current()?.executionId ?? '';
    return {
      operationKey,
      executionId,
      resumed,
      startedInThisBoot: current()?.bootId === boot.bootId,
      signal,
      hasPassed: (phase) => current()?.phases.includes(phase) ?? false,
      async pass(phase) {
        if (!current()?.phases.includes(phase)) await ledger.append({ entry: 'phase', operationKey, phase });
      },
      async recordEffect() {
        if (current()?.phases.includes(witnessed)) return;
        await services.platform.destructiveEffects.record({ executionId, operationKey, capability: current()?.capability ?? '' }, { signal });
        await ledger.append({ entry: 'phase', operationKey, phase: witnessed });
      },
      report: ({ state = 'running', ...progress }) => report(operationKey, { state, rawState: state, ...progress }),
    };
  };

  const carryOut = async (run: PreparedOperation, stage: OperationStage): Promise<BootRequest | undefined> => {
    let outcome: OperationOutcome;
    try {
      outcome = await run(stage);
    } catch (error) {
      await refuse(stage.operationKey, error, stage.signal);
      return undefined;
    }
    if (outcome.state !== 'awaiting-boot') {
      if (outcome.state === 'succeeded') report(stage.operationKey, { state: 'verifying', rawState: outcome.rawState });
      await finish(stage.operationKey, outcome, stage.signal);
      return undefined;
    }
    await stage.pass(awaitingBoot);
    return { mode: outcome.mode, reason: outcome.reason };
  };

  const begin = async (envelope: OperationEnvelope, secret: OperationRequest['secret'], signal: AbortSignal): Promise<BootRequest | undefined> => {
    const { operationKey } = envelope;
    let run: PreparedOperation;
    try {
      const binding = await judgeCommand(envelope, { record: services.enrolment.current, ledger: ledger.view, gatewayTimeMs: link.gatewayTimeMs(), mode: boot.mode, sessionId: link.channel?.sessionId });
      const { intent } = binding;
      const prepare = handlers[intent.capability] as PrepareOperation | undefined;
      if (!prepare) throw new RecoveryError('unsupported', `this agent cannot do ${intent.capability}`);
      run = await prepare({ operationKey, intent, binding, secret, signal });
    } catch (error) {
      await refuse(operationKey, error, signal);
      return undefined;
    }
    await ledger.append({ entry: 'started', operationKey, executionId: toHex(services.randomBytes(16)), bootId: boot.bootId });
    report(operationKey, { state: 'running', rawState: 'started', message: 'started' });
    return carryOut(run, stageOf(operationKey, false, signal));
  };

  return {
    async receive(command, channel) {
      const { operationKey, sequence, planDigest, binding, approvals, deliverBy, sealedSecrets } = command;
      if (sequence <= ledger.view.lastCommandSequence) return;
      const { capability } = binding.intent;
      if (ledger.view.operations.has(operationKey)) {
        await ledger.append({ entry: 'repeated', operationKey, commandSequence: sequence });
        return outbox.finished();
      }
      const destructive = capabilityFloors[capability].effect === 'destructive';
      await ledger.append({ entry: 'received', operationKey, commandSequence: sequence, capability, planDigest, ...(destructive && { destructivePlan: { binding, approvals, deliverBy } }) });
      report(operationKey, { state: 'delivered', rawState: 'received' });
      const { deviceId, enrolmentEpoch } = services.enrolment.current;
      const secret = async (name: string): Promise<SecretValue> => {
        const sealed = sealedSecrets[name];
        if (!sealed) throw new RecoveryError('failed-precondition', `the command came without its secret ${name}`);
        return openSealed(sealed, channel.sealing, commandSecretContext({ operationKey, deviceId, enrolmentEpoch, name }));
      };
      enqueue((signal) => begin({ operationKey, planDigest, binding, approvals, deliverBy }, secret, signal));
    },
    resume(operation, run) {
      enqueue(async (signal) => {
        await ledger.append({ entry: 'resumed', operationKey: operation.operationKey });
        return carryOut(run, stageOf(operation.operationKey, true, signal));
      });
    },
    takeUp({ operationKey, planDigest, destructivePlan }) {
      if (!destructivePlan) return;
      const secret = async (): Promise<SecretValue> => {
        throw new RecoveryError('session-lost', 'the secrets of the command were sealed to a channel that is over: start it again');
      };
      enqueue(async (signal) => {
        await ledger.append({ entry: 'resumed', operationKey });
        // Its deadline and its approvals are judged by signed time only.
        while (link.gatewayTimeMs() === undefined) await link.nextChannel(signal).catch(() => signal.throwIfAborted());
        return begin({ operationKey, planDigest, ...destructivePlan }, secret, signal);
      });
    },
    conclude: (operationKey, result) =>
      enqueue(async (signal) => {
        // Reports of this run must have higher numbers than those of the run before.
        await ledger.append({ entry: 'resumed', operationKey });
        await finish(operationKey, result, signal);
        return undefined;
      }),
    async run(signal) {
      const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
      aborted.catch(() => {});
      for (;;) {
        signal.throwIfAborted();
        const work = queue.shift();
        if (!work) {
          await Promise.race([wake.promise, aborted]);
          wake = Promise.withResolvers();
          continue;
        }
        const request = await work(signal);
        if (request) return request;
      }
    },
  };
}
