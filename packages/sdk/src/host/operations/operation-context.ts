import { RecoveryError } from '../../errors/recovery-error.ts';
import type { HostCall } from '../call-options.ts';
import type { HostOptions } from '../host.ts';
import type { PluginConnection } from '../plugins/plugin-connection.ts';
import type { Redactor } from '../services/redactor.ts';
import type { ApprovalTerms, ApproverTrust } from './approval-gate.ts';
import type { DeviceLeases } from './device-lease.ts';
import type { OperationLedger } from './operation-ledger.ts';
import type { OperationRecord } from './operation-record.ts';

/** What the verbs of an operation share. */
export interface OperationContext {
  readonly options: HostOptions;
  readonly ledger: OperationLedger;
  readonly leases: DeviceLeases;
  readonly redactor: Redactor;
  /** @throws {RecoveryError} `not-found` when the plug-in is not open */
  readonly connectionOf: (pluginId: string) => PluginConnection;
}

/** The call with a correlation id, so that every part of one verb carries the same. */
export function correlated(context: OperationContext, call: HostCall | undefined): HostCall & { readonly correlationId: string } {
  return { ...call, correlationId: call?.correlationId ?? context.options.ids.next('correlation') };
}

export function termsOf({ submitted }: OperationRecord): ApprovalTerms {
  const { planDigest, tenantId, requestedBy, approveBy, executeBy, approvalsNeeded, handle } = submitted;
  return { planDigest, tenantId, requestedBy, approveBy, executeBy, approvalsNeeded, operationKey: handle.operationKey, deviceId: handle.device.id, enrolmentEpoch: handle.device.enrolmentEpoch };
}

export function approverTrustOf({ options }: OperationContext): ApproverTrust {
  return { approvers: options.approvers, revokedKeyIds: new Set(options.revokedKeyIds), nowMs: options.clock.now() };
}

/** The message of an error for a journal or an audit entry, without secrets. */
export function reasonOf({ redactor }: OperationContext, error: unknown): string {
  if (RecoveryError.isInstance(error)) return redactor.redactText(`${error.code}: ${error.message}`);
  return redactor.redactText(error instanceof Error ? error.message : String(error));
}
