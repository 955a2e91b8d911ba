import type { HostCall } from '../call-options.ts';
import type { Host, HostOptions } from '../host.ts';
import type { PluginConnection } from '../plugins/plugin-connection.ts';
import type { Redactor } from '../services/redactor.ts';
import { approvalRequestOf, approveOperation } from './approve-operation.ts';
import { createChangeFeed } from './change-feed.ts';
import { describePlanForAudit } from './describe-for-audit.ts';
import { createDeviceLeases } from './device-lease.ts';
import { cancelOperation, resolveOperation } from './end-operation.ts';
import { createOperationFollower } from './follow-operation.ts';
import { correlated, reasonOf, type OperationContext } from './operation-context.ts';
import { createOperationLedger } from './operation-ledger.ts';
import { snapshotOf, type OperationRecord } from './operation-record.ts';
import { planOperation } from './plan-operation.ts';
import { createOperationRunner } from './run-operation.ts';
import { submitOperation } from './submit-operation.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';

type OperationVerbs = Pick<Host, 'plan' | 'submit' | 'approvalRequest' | 'approve' | 'start' | 'watch' | 'cancel' | 'reconcile' | 'resolve' | 'recover' | 'operations'>;

export interface OperationParts {
  readonly options: HostOptions;
  readonly redactor: Redactor;
  readonly connectionOf: (pluginId: string) => PluginConnection;
  readonly onChange: (record: OperationRecord) => void;
  /** Ends every watch when the host is closed. */
  readonly closing: AbortSignal;
}

/** The host's verbs for operations, on top of a ledger that is read from the journal before the first of them runs. */
export function createOperations({ options, redactor, connectionOf, onChange, closing }: OperationParts): OperationVerbs {
  const changes = createChangeFeed<OperationRecord>();
  const ledger = createOperationLedger({
    journal: options.journal,
    audit: options.audit,
    clock: options.clock,
    onChange(record) {
      changes.publish(record);
      onChange(record);
    },
  });
  const context: OperationContext = { options, ledger, leases: createDeviceLeases(), redactor, connectionOf };
  const runner = createOperationRunner(context);
  const follower = createOperationFollower(context, runner, changes, closing);
  const loaded = async <Value>(work: () => Value | Promise<Value>): Promise<Value> => {
    await ledger.load();
    return work();
  };
  const shown = async (record: Promise<OperationRecord>): Promise<ReturnType<typeof snapshotOf>> => snapshotOf(await record);

  return {
    plan: (pluginId, intent, call) => loaded(() => planForPeople(context, pluginId, intent, call)),
    submit: (plan, request) => loaded(() => shown(submitOperation(context, plan, request))),
    approvalRequest: (key) => loaded(() => approvalRequestOf(ledger.find(key))),
    approve: (key, approval) => loaded(() => shown(approveOperation(context, key, approval))),
    start: (key, call) => loaded(() => shown(startAudited(key, call))),
    async *watch(key, call) {
      await ledger.load();
      yield* follower.watch(key, call);
    },
    cancel: (key, by, reason, call) => loaded(() => cancelOperation(context, key, by, reason, call)),
    reconcile: (key, call) => loaded(() => shown(runner.reconcile(key, call))),
    resolve: (key, finding, by, reason) => loaded(() => shown(resolveOperation(context, key, finding, by, reason))),
    recover: (call) => loaded(() => runner.recover(call)),
    operations: {
      get: (key) => loaded(() => snapshotOf(ledger.find(key))),
      submitted: (key) => loaded(() => ledger.find(key).submitted),
      list: ({ pluginId, deviceId } = {}) =>
        loaded(() => ledger.all().map(snapshotOf).filter(({ handle }) => (pluginId === undefined || handle.plugin === pluginId) && (deviceId === undefined || handle.device.id === deviceId))),
    },
  };

  /** A start that was refused is a decision too. */
  async function startAudited(key: string, call: HostCall | undefined): Promise<OperationRecord> {
    try {
      return await runner.start(key, call);
    } catch (error) {
      if (RecoveryError.isInstance(error) && !call?.signal?.aborted && error.code !== 'not-found') {
        const { operationKey, plugin, device } = ledger.find(key).submitted.handle;
        await ledger.audit({ kind: 'operation.refused', actor: 'host', subject: { pluginId: plugin, deviceId: device.id, operationKey }, message: reasonOf(context, error), facts: { code: error.code } }).catch((auditError: unknown) => {
          options.logger.log('error', 'the audit log cannot be written', { error: auditError });
        });
      }
      throw error;
    }
  }
}

async function planForPeople(context: OperationContext, pluginId: string, intent: unknown, call: HostCall | undefined): ReturnType<Host['plan']> {
  const connection = context.connectionOf(pluginId);
  const plan = await planOperation(context, connection, intent, correlated(context, call));
  const { capability, device } = plan.binding.intent;
  await context.ledger.audit({ kind: 'operation.planned', actor: 'host', subject: { pluginId, deviceId: device.id }, message: `${capability} planned`, facts: await describePlanForAudit(plan) });
  return plan;
}
