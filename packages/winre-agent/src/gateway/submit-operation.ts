import { capabilityFloors, instantAt, RecoveryError, requirePlanBinding, type OperationReport, type PlanBinding } from '@winre-kit/sdk';
import { commandSecretContext, requireBoundOffering, sealSecret, type Sealed } from '../protocol/index.ts';
import { requireApprovals } from './require-approvals.ts';
import { announceOperations, newId, requireDevice, requireTenant, type GatewayCore } from './gateway-core.ts';
import type { DeviceRecord, OperationRecord } from './gateway-records.ts';
import type { OperationSubmission } from './gateway.ts';
import { escrowRecordKey, operationRecordKey } from './record-key.ts';
import { requireNotRevoked } from './tenant-trust.ts';
import { transact } from './transact.ts';

interface Submitted {
  readonly report: OperationReport;
  /** The record that was written, if one was. */
  readonly record: OperationRecord | undefined;
}

/** Takes an operation into the queue, or sends again what certainly never arrived. See `Gateway.submitOperation`. */
export async function submitOperation(core: GatewayCore, submission: OperationSubmission): Promise<OperationReport> {
  const { operationKey, planDigest } = submission;
  const binding = await requirePlanBinding(submission.binding, planDigest);
  const { tenantId, device: target } = binding.intent;
  return core.lock.run(target.id, async () => {
    const { report, record } = await transact<Submitted>(core.store, async () => {
      const known = await core.store.read('operations', operationRecordKey(tenantId, operationKey));
      if (known && known.planDigest !== planDigest) throw new RecoveryError('already-exists', `operation key ${operationKey} was used before for another plan: choose another key`);
      if (known && known.delivery !== 'not-received') return { writes: [], result: { report: known.report, record: undefined } };
      const device = await requireTarget(core, binding);
      await requireApprovals(core, { ...submission, binding });
      await requirePresent(core, binding);
      const record = queuedOperation(core, submission, binding, known, await sealForStore(core, submission, device));
      return { writes: [{ table: 'operations', record }], result: { report: record.report, record } };
    });
    if (record) announceOperations(core, [record]);
    core.polls.notify(target.id);
    return report;
  });
}

async function requireTarget(core: GatewayCore, { intent }: PlanBinding): Promise<DeviceRecord> {
  const device = await requireDevice(core.store, intent.device.id);
  if (device.tenantId !== intent.tenantId) throw new RecoveryError('not-found', `no device ${intent.device.id} is enrolled here`);
  if (device.enrolmentEpoch !== intent.device.enrolmentEpoch) throw new RecoveryError('enrolment-changed', `device ${device.deviceId} was enrolled anew; the operation was planned for the enrolment before`);
  requireNotRevoked(await requireTenant(core.store, device.tenantId), device.deviceId);
  return device;
}

async function requirePresent(core: GatewayCore, binding: PlanBinding): Promise<void> {
  const { intent } = binding;
  if (intent.capability === 'winre.rebuild.trigger') requireBoundOffering(binding);
  if (intent.capability !== 'winre.keys.release') return;
  const escrowed = await core.store.read('escrow', escrowRecordKey(intent.device.id, intent.volumeId));
  if (!escrowed || !core.config.escrow) throw new RecoveryError('failed-precondition', `no recovery key of volume ${intent.volumeId} is in escrow`, { facts: { prechecks: ['recovery-key-escrowed'] } });
  if (core.sessions.current(intent.device.id)?.sessionId !== intent.sessionId) throw new RecoveryError('session-lost', `session ${intent.sessionId} is over: a released key would have nowhere to go`);
}

async function sealForStore(core: GatewayCore, { operationKey, secrets = {} }: OperationSubmission, device: DeviceRecord): Promise<Record<string, Sealed>> {
  const { escrow } = core.config;
  const names = Object.entries(secrets);
  if (names.length > 0 && !escrow) throw new RecoveryError('failed-precondition', 'this gateway has no escrow key, so it cannot keep the secrets of an operation: configure one');
  const sealed = names.map(async ([name, secret]) => [name, await sealSecret(secret, escrow?.key.publicKey ?? '', commandSecretContext({ operationKey, deviceId: device.deviceId, enrolmentEpoch: device.enrolmentEpoch, name }))] as const);
  return Object.fromEntries(await Promise.all(sealed));
}

function queuedOperation(core: GatewayCore, submission: OperationSubmission, binding: PlanBinding, known: OperationRecord | undefined, secrets: Record<string, Sealed>): OperationRecord {
  const nowMs = core.clock.now();
  const { operationKey, planDigest, approvals, ttlMs } = submission;
  const { intent } = binding;
  const operationId = known?.operationId ?? newId(core);
  return {
    revision: (known?.revision ?? 0) + 1,
    tenantId: intent.tenantId,
    operationKey,
    operationId,
    deviceId: intent.device.id,
    enrolmentEpoch: intent.device.enrolmentEpoch,
    effect: capabilityFloors[intent.capability].effect,
    planDigest,
    binding,
    approvals,
    deliverBy: instantAt(nowMs + ttlMs),
    secrets,
    submittedAt: known?.submittedAt ?? instantAt(nowMs),
    delivery: 'queued',
    report: { vendorRef: operationId, state: 'accepted', rawState: 'queued', acceptedAt: instantAt(nowMs), observedAt: instantAt(nowMs), notices: [] },
    reportSequence: known?.reportSequence ?? 0,
  };
}
