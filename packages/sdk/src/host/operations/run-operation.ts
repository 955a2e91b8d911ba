import type { HostCall } from '../call-options.ts';
import { isTerminalState } from '../../contract/operation-transition.ts';
import type { RecoveredOperation } from '../host.ts';
import { boundedSignal, waitFor } from '../plugins/bounded-wait.ts';
import type { CheckedFinding } from '../plugins/plugin-connection.ts';
import { applyReport, dispatchOperation, noteFinding, requireStillValid, voidOperation, voidsApproval } from './dispatch-operation.ts';
import { judgeFinding } from './judge-finding.ts';
import { judgeStart } from './judge-start.ts';
import { correlated, reasonOf, type OperationContext } from './operation-context.ts';
import { handleOf, type OperationRecord } from './operation-record.ts';

/** What is being done for an operation now. */
interface Running {
  readonly kind: 'start' | 'reconcile';
  readonly call: HostCall;
  readonly done: Promise<OperationRecord>;
}

/** Starts, reconciles and recovers operations, one of these at a time for each. */
export interface OperationRunner {
  start(key: string, call: HostCall | undefined): Promise<OperationRecord>;
  reconcile(key: string, call: HostCall | undefined): Promise<OperationRecord>;
  recover(call: HostCall | undefined): Promise<readonly RecoveredOperation[]>;
  /** Settles when no start or reconcile of the operation is running here any more. Undefined when none is. */
  whenIdle(operationKey: string): Promise<unknown> | undefined;
}

export function createOperationRunner(context: OperationContext): OperationRunner {
  const { ledger, leases, options } = context;
  const busy = new Map<string, Running>();

  /** Joins the same work for the same operation, waits for other work, then begins. Work that its own caller gave up is not joined. */
  const alone = async (kind: Running['kind'], key: string, call: HostCall | undefined, work: (record: OperationRecord, call: HostCall) => Promise<OperationRecord>): Promise<OperationRecord> => {
    const { operationKey } = ledger.find(key).submitted.handle;
    for (let running = busy.get(operationKey); running; running = busy.get(operationKey)) {
      using bound = boundedSignal(options.clock, [call?.signal], call?.deadlineMs, `operation ${operationKey}`);
      await waitFor(running.done.catch(() => {}), bound.signal);
      if (running.kind === kind && !running.call.signal?.aborted) return await running.done;
    }
    const own = correlated(context, call);
    const done = work(ledger.find(operationKey), own).finally(() => busy.delete(operationKey));
    busy.set(operationKey, { kind, call: own, done });
    return done;
  };

  const sendOnce = async (key: string, call: HostCall): Promise<OperationRecord> => {
    const { handle, binding } = ledger.find(key).submitted;
    // Waits for quota, and refuses a closed plug-in, before anything is judged: what is judged must still be so when it is sent.
    await context.connectionOf(handle.plugin).admitStart(binding.intent.capability, call);
    try {
      await requireStillValid(context, ledger.find(key), call);
    } catch (error) {
      if (voidsApproval(error)) await voidOperation(context, key, error);
      throw error;
    }
    return dispatchOperation(context, key, call);
  };

  const ask = async (record: OperationRecord, call: HostCall): Promise<CheckedFinding> => {
    try {
      return await context.connectionOf(record.submitted.handle.plugin).reconcileOperation(handleOf(record), call);
    } catch (error) {
      call.signal?.throwIfAborted();
      return { finding: 'cannot-tell', reason: reasonOf(context, error) };
    }
  };

  /** The vendor does not have it, and it is not sent again: nothing happened and nothing will. */
  const endAbsent = (key: string, to: 'cancelled' | 'expired', reason: string): Promise<OperationRecord> =>
    ledger.change(key, ({ state }) => [state === 'unknown' ? { type: 'state', to: 'failed', reason: `never reached the vendor: ${reason}` } : { type: 'state', to, reason }]);

  /** Settles an operation that may have been sent. `mayResend`: send again, once, when it is proved absent. */
  const settle = async (key: string, call: HostCall, mayResend: boolean): Promise<OperationRecord> => {
    const doubtful = await ledger.change(key, ({ state }) => (state === 'dispatching' ? [{ type: 'state', to: 'unknown', reason: 'the host stopped before the answer was recorded' }] : []));
    const told = await ask(doubtful, call);
    const finding = judgeFinding(doubtful, told);
    if (finding !== told && finding.finding === 'cannot-tell') await ledger.change(key, ({ state }) => (state === 'unknown' || isTerminalState(state) ? [] : [{ type: 'state', to: 'unknown', reason: finding.reason }]));
    await noteFinding(context, key, finding.finding, finding.finding === 'found' ? `found: ${finding.report.rawState}` : finding.reason);
    const present = ledger.find(key);
    const isParked = present.state === 'awaiting-vendor-approval';
    const { cancelRequested } = present;
    const whoCancelled = cancelRequested && `cancelled by ${cancelRequested.by}: ${cancelRequested.reason}`;
    if (finding.finding === 'found') {
      // Parked, and approved by the vendor's own people since: the same request has to come again.
      if (!isParked || finding.report.state !== 'dispatching' || !mayResend) return applyReport(context, key, finding.report);
      return whoCancelled ? endAbsent(key, 'cancelled', whoCancelled) : sendOnce(key, call);
    }
    if (finding.finding === 'cannot-tell' || (present.state !== 'unknown' && !isParked)) return present;
    if (context.connectionOf(present.submitted.handle.plugin).isStarting(present.submitted.handle.operationKey)) {
      return noteFinding(context, key, 'cannot-tell', 'the plug-in has not returned from the first attempt: it could still send');
    }
    if (whoCancelled) return endAbsent(key, 'cancelled', whoCancelled);
    if (ttlEndMs(present) <= options.clock.now()) return endAbsent(key, 'expired', 'not delivered in time');
    if (!mayResend) return present;
    return sendOnce(key, call);
  };

  /** The first attempt was made by this very call: what keeps the second one from being made leaves the operation unknown, and is no news of its own. */
  const settleAfterSend = async (key: string, call: HostCall): Promise<OperationRecord> => {
    try {
      return await settle(key, call, true);
    } catch (error) {
      call.signal?.throwIfAborted();
      const record = ledger.find(key);
      if (record.state !== 'unknown') throw error;
      return noteFinding(context, key, 'absent', reasonOf(context, error));
    }
  };

  const withDevice = async (record: OperationRecord, work: () => Promise<OperationRecord>): Promise<OperationRecord> => {
    const lease = leases.take(record, ledger.all());
    try {
      return await work();
    } finally {
      lease[Symbol.dispose]();
    }
  };

  const startFrom = async (record: OperationRecord, call: HostCall): Promise<OperationRecord> => {
    const { operationKey } = record.submitted.handle;
    const verdict = judgeStart(record, options.clock.now());
    switch (verdict.action) {
      case 'nothing':
        return record;
      case 'refuse':
        throw verdict.error;
      case 'expire':
        await voidOperation(context, operationKey, verdict.error);
        throw verdict.error;
      case 'reconcile':
        return withDevice(record, () => settle(operationKey, call, true));
      case 'send':
        return withDevice(record, async () => {
          const sent = await sendOnce(operationKey, call);
          return sent.state === 'unknown' ? settleAfterSend(operationKey, call) : sent;
        });
    }
  };

  return {
    start: (key, call) => alone('start', key, call, startFrom),
    reconcile: (key, call) =>
      alone('reconcile', key, call, async (record, correlatedCall) => {
        const { operationKey } = record.submitted.handle;
        const sent: readonly string[] = ['dispatching', 'unknown', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying'];
        return sent.includes(record.state) ? settle(operationKey, correlatedCall, false) : record;
      }),
    async recover(call) {
      const recovered: RecoveredOperation[] = [];
      for (const { submitted: { handle }, state: before } of ledger.all().filter(({ state }) => state === 'dispatching' || state === 'unknown')) {
        const after = await alone('start', handle.operationKey, call, startFrom).catch((error: unknown) => {
          call?.signal?.throwIfAborted();
          options.logger.log('warn', `operation ${handle.operationKey} could not be recovered`, { error });
          return ledger.find(handle.operationKey);
        });
        recovered.push({ operationKey: handle.operationKey, before, after: after.state, reason: after.reason });
      }
      return recovered;
    },
    whenIdle: (operationKey) => busy.get(operationKey)?.done.catch(() => {}),
  };
}

function ttlEndMs({ submitted: { handle } }: OperationRecord): number {
  return Date.parse(handle.createdAt) + handle.ttlMs;
}
