import { isTerminalState } from '../../contract/operation-transition.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { OperationSnapshot, OperationState } from '../../schemas/operation.ts';
import type { HostCall } from '../call-options.ts';
import { boundedSignal, waitFor } from '../plugins/bounded-wait.ts';
import { applyReport } from './dispatch-operation.ts';
import { correlated, reasonOf, type OperationContext } from './operation-context.ts';
import { handleOf, snapshotOf, type OperationRecord } from './operation-record.ts';
import { expiryOf } from './judge-expiry.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { OperationRunner } from './run-operation.ts';

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A stream is opened again after this time, so that one that fell silent without ending holds nobody up for ever. */
const longestLookMs = 600_000;
/** `dispatching` belongs here when nothing is running: the answer could not be written down. */
const atVendor: ReadonlySet<OperationState> = new Set<OperationState>(['dispatching', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying', 'unknown']);

/** Follows operations at the vendor for as long as somebody watches them, once for all watchers. */
export interface OperationFollower {
  watch(key: string, call: HostCall | undefined): AsyncGenerator<OperationSnapshot, void>;
}

export function createOperationFollower(context: OperationContext, runner: OperationRunner, changes: ChangeFeed<OperationRecord>, closing: AbortSignal): OperationFollower {
  const { ledger, options } = context;
  const followed = new Map<string, { watchers: number; readonly stop: AbortController; readonly ended: Promise<void> }>();

  /** Waits for the next change of any operation; when the operation's time is over first, it expires. */
  const untilChangeOrExpiry = async (record: OperationRecord, signal: AbortSignal): Promise<void> => {
    const either = new AbortController();
    const both = AbortSignal.any([signal, either.signal]);
    const news = changes.read(both);
    const expiry = expiryOf(record);
    const change = news.next().then(() => false);
    const late = expiry ? options.clock.sleep(expiry.atMs - options.clock.now(), { signal: both }).then(() => true) : change;
    try {
      if (!(await Promise.race([change, late]))) return;
    } finally {
      either.abort();
      await Promise.allSettled([change, late]);
      await news.return(undefined as never);
    }
    await ledger.change(record.submitted.handle.operationKey, (present) => {
      const due = expiryOf(present);
      return due && due.atMs <= options.clock.now() ? [{ type: 'state', to: 'expired', reason: due.reason }] : [];
    });
  };

  /** One look at the vendor; returns whether anything was heard. */
  const look = async (record: OperationRecord, call: HostCall): Promise<boolean> => {
    const { operationKey, plugin } = record.submitted.handle;
    if (record.state === 'unknown' || record.state === 'dispatching') return (await runner.reconcile(operationKey, call)).state !== 'unknown';
    using bound = boundedSignal(options.clock, [call.signal], options.clock.now() + longestLookMs, `looking at operation ${operationKey}`);
    let heard = false;
    try {
      for await (const report of context.connectionOf(plugin).watchOperation(handleOf(record), { ...call, signal: bound.signal })) {
        const after = await applyReport(context, operationKey, report);
        heard ||= after.report !== record.report;
        if (isTerminalState(after.state) || after.state === 'unknown') break;
      }
    } catch (error) {
      if (call.signal?.aborted || !bound.signal.aborted) throw error;
    }
    return heard;
  };

  const isOpen = ({ submitted }: OperationRecord): boolean => {
    try {
      return context.connectionOf(submitted.handle.plugin) !== undefined;
    } catch {
      return false;
    }
  };

  /** A vendor that does not know the operation any more makes its outcome unknown; a vendor that does not answer changes nothing. */
  const forgetWhenNotFound = async (operationKey: string, error: unknown): Promise<void> => {
    if (!RecoveryError.isInstance(error) || error.code !== 'not-found' || !ledger.has(operationKey)) return;
    await ledger.change(operationKey, ({ state }) => (atVendor.has(state) && state !== 'unknown' ? [{ type: 'state', to: 'unknown', reason: reasonOf(context, error) }] : []));
  };

  const follow = async (operationKey: string, signal: AbortSignal): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!isTerminalState(ledger.find(operationKey).state)) {
      const record = ledger.find(operationKey);
      const busy = runner.whenIdle(operationKey);
      if (busy) {
        await waitFor(busy, signal);
        continue;
      }
      if (!atVendor.has(record.state)) {
        await untilChangeOrExpiry(record, signal);
        continue;
      }
      const heard = await look(record, correlated(context, { signal })).catch(async (error: unknown) => {
        signal.throwIfAborted();
        if (isOpen(record)) await forgetWhenNotFound(operationKey, error);
        options.logger.log('warn', `operation ${operationKey}: the plug-in cannot be asked now`, { error });
        return false;
      });
      pauseMs = heard ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs);
      if (!isTerminalState(ledger.find(operationKey).state)) await options.clock.sleep(pauseMs, { signal });
    }
  };

  const join = (operationKey: string): { leave(): void; readonly ended: Promise<void> } => {
    const known = followed.get(operationKey);
    const stop = known?.stop ?? new AbortController();
    const entry = known ?? { watchers: 0, stop, ended: follow(operationKey, stop.signal) };
    entry.watchers += 1;
    followed.set(operationKey, entry);
    entry.ended.catch(() => {});
    return {
      ended: entry.ended,
      leave() {
        entry.watchers -= 1;
        if (entry.watchers > 0) return;
        followed.delete(operationKey);
        stop.abort(new RecoveryError('cancelled', 'nobody watches any more'));
      },
    };
  };

  return {
    async *watch(key, call) {
      const { operationKey } = ledger.find(key).submitted.handle;
      using bound = boundedSignal(options.clock, [call?.signal, closing], call?.deadlineMs, `watching operation ${operationKey}`);
      const broken = new AbortController();
      const feed = changes.read(AbortSignal.any([bound.signal, broken.signal]), [ledger.find(operationKey)]);
      // The first read subscribes, before following begins.
      const first = await feed.next();
      const membership = join(operationKey);
      membership.ended.catch((error: unknown) => broken.abort(error));
      try {
        yield snapshotOf(first.value);
        if (isTerminalState(first.value.state)) return;
        for await (const record of feed) {
          if (record.submitted.handle.operationKey !== operationKey) continue;
          yield snapshotOf(record);
          if (isTerminalState(record.state)) return;
        }
      } finally {
        membership.leave();
        await feed.return(undefined as never);
      }
    },
  };
}
