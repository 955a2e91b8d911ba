import type { HostCall } from '../call-options.ts';
import type { RecoveredOperation } from '../host.ts';
import { waitFor } from '../plugins/bounded-wait.ts';
import type { CheckedFinding } from '../plugins/plugin-connection.ts';
import { applyReport, dispatchOperation, noteFinding, requireStillValid, voidOperation, voidsApproval } from './dispatch-operation.ts';
import { judgeStart } from './judge-start.ts';
import { correlated, reasonOf, type OperationContext } from './operation-context.ts';
import { handleOf, type OperationRecord } from './operation-record.ts';

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
  const busy = new Map<string, Promise<OperationRecord>>();

  /** Joins what is running for the operation already, or begins it. */
  const alone = (key: string, call: HostCall | undefined, work: (record: OperationRecord, call: HostCall) => Promise<OperationRecord>): Promise<OperationRecord> => {
    const { operationKey } = ledger.find(key).submitted.handle;
    const running = busy.get(operationKey);
    if (running) return call?.signal ? waitFor(running, call.signal) : running;
    const begun = work(ledger.find(operationKey), correlated(context, call)).finally(() => busy.delete(operationKey));
    busy.set(operationKey, begun);
    return begun;
  };

  const sendOnce = async (key: string, call: HostCall): Promise<OperationRecord> => {
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

  /** The vendor does not have it, and it is too late to bring it there. */
  const expireAbsent = (key: string): Promise<OperationRecord> => {
    const reason = 'not delivered in time';
    return ledger.change(key, ({ state }) => [{ type: 'state', to: state === 'unknown' ? 'failed' : 'expired', reason: state === 'unknown' ? `never reached the vendor: ${reason}` : reason }]);
  };

  /** Settles an operation that may have been sent. `mayResend`: send again, once, when it is proved absent. */
  const settle = async (key: string, call: HostCall, mayResend: boolean): Promise<OperationRecord> => {
    const doubtful = await ledger.change(key, ({ state }) => (state === 'dispatching' ? [{ type: 'state', to: 'unknown', reason: 'the host stopped before the answer was recorded' }] : []));
    const finding = await ask(doubtful, call);
    await noteFinding(context, key, finding.finding, finding.finding === 'found' ? `found: ${finding.report.rawState}` : finding.reason);
    if (finding.finding === 'found') {
      // Parked, and approved by the vendor's own people since: the same request has to come again.
      const isReleased = doubtful.state === 'awaiting-vendor-approval' && finding.report.state === 'dispatching';
      return isReleased && mayResend ? sendOnce(key, call) : applyReport(context, key, finding.report);
    }
    if (finding.finding === 'cannot-tell') return ledger.find(key);
    if (ttlEndMs(doubtful) <= options.clock.now()) return expireAbsent(key);
    if (!mayResend || (doubtful.state !== 'unknown' && doubtful.state !== 'awaiting-vendor-approval')) return ledger.find(key);
    if (context.connectionOf(doubtful.submitted.handle.plugin).isStarting(doubtful.submitted.handle.operationKey)) {
      return noteFinding(context, key, 'cannot-tell', 'the plug-in has not returned from the first attempt: it could still send');
    }
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
    start: (key, call) => alone(key, call, startFrom),
    reconcile: (key, call) =>
      alone(key, call, async (record, correlatedCall) => {
        const { operationKey } = record.submitted.handle;
        const sent: readonly string[] = ['dispatching', 'unknown', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying'];
        return sent.includes(record.state) ? settle(operationKey, correlatedCall, false) : record;
      }),
    async recover(call) {
      const recovered: RecoveredOperation[] = [];
      for (const { submitted: { handle }, state: before } of ledger.all().filter(({ state }) => state === 'dispatching' || state === 'unknown')) {
        const after = await alone(handle.operationKey, call, startFrom).catch((error: unknown) => {
          call?.signal?.throwIfAborted();
          options.logger.log('warn', `operation ${handle.operationKey} could not be recovered`, { error });
          return ledger.find(handle.operationKey);
        });
        recovered.push({ operationKey: handle.operationKey, before, after: after.state, reason: after.reason });
      }
      return recovered;
    },
    whenIdle: (operationKey) => busy.get(operationKey)?.catch(() => {}),
  };
}

function ttlEndMs({ submitted: { handle } }: OperationRecord): number {
  return Date.parse(handle.createdAt) + handle.ttlMs;
}
