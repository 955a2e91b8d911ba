import type { SignedApproval } from '../schemas/approval.ts';
import type { Device, DeviceBinding, DeviceQuery } from '../schemas/device.ts';
import type { IntentOf, OperationCapability } from '../schemas/intent.ts';
import type { NetworkStatus } from '../schemas/network.ts';
import type { OperationHandle, OperationReportInput } from '../schemas/operation.ts';
import type { PlanBinding, PlanDraftInput } from '../schemas/plan.ts';
import type { Notice } from '../schemas/primitives.ts';
import type { RebuildOffering } from '../schemas/rebuild.ts';
import type { RemediationOutcome, RemediationPolicy } from '../schemas/remediation.ts';
import type { RestorePoint, RestorePolicy } from '../schemas/restore.ts';
import type { RecoverySession } from '../schemas/session.ts';
import type { CallContext } from './call-context.ts';
import type { SessionEventInput } from './session-event.ts';
import type { SessionWatchRequest } from './session-source.ts';

/** Everything needed to send one operation, and to send it again byte for byte. */
export interface StartRequest<Capability extends OperationCapability = OperationCapability> {
  readonly intent: IntentOf<Capability>;
  readonly operationKey: string;
  readonly planDigest: string;
  readonly binding: PlanBinding;
  readonly approvals: readonly SignedApproval[];
  readonly ttlMs: number;
}

/**
 * A verb that takes time. Methods with `do` are for the host only; people call the host's wrapper, which checks, journals and gates.
 *
 * `doPlan` writes nothing, anywhere. `doStart` sends once and never retries by itself: when it cannot tell whether the vendor got the request it
 * throws `deadline-exceeded` or `unavailable` with `retry: 'reconcile-first'`, and the host reconciles. The same operation key and payload again
 * returns the same operation; the same key with another payload throws `already-exists`.
 */
export interface OperationVerb<Capability extends OperationCapability> {
  doPlan(intent: IntentOf<Capability>, call: CallContext): Promise<PlanDraftInput>;
  doStart(request: StartRequest<Capability>, call: CallContext): Promise<OperationReportInput>;
}

/** The managed devices of the tenant. */
export interface DevicesFacet {
  /** Neither skips nor repeats a device while others are added or removed. */
  doList(request: { readonly pageSize?: number }, call: CallContext): AsyncIterable<Device>;
  /** @throws {RecoveryError} `not-found` */
  doGet(deviceId: string, call: CallContext): Promise<Device>;
  /** Undefined when nobody matches. @throws {RecoveryError} `conflict` when several do */
  doResolve(query: DeviceQuery, call: CallContext): Promise<Device | undefined>;
}

/** Stays of devices in WinRE. */
export interface SessionsFacet {
  /** At least once, in order per device. Ends when the signal aborts. */
  doWatch(request: SessionWatchRequest, call: CallContext): AsyncIterable<SessionEventInput>;
  doList(call: CallContext): AsyncIterable<RecoverySession>;
  /** @throws {RecoveryError} `not-found` */
  doGet(sessionId: string, call: CallContext): Promise<RecoverySession>;
  readonly enter?: OperationVerb<'winre.session.enter'>;
  readonly exit?: OperationVerb<'winre.session.exit'>;
}

/** The network of a device in WinRE. */
export interface NetworkFacet extends OperationVerb<'winre.network.configure'> {
  doCurrent(device: DeviceBinding, call: CallContext): Promise<NetworkStatus>;
}

/** A setting that is read and replaced as a whole. `doSet` returns once the vendor has stored it; the device may follow later, and `notices` says so. */
export interface PolicyVerb<Policy> {
  doGet(device: DeviceBinding, call: CallContext): Promise<Policy | undefined>;
  doSet(device: DeviceBinding, policy: Policy, call: CallContext): Promise<{ readonly notices: readonly Notice[] }>;
}

/** Restore points: their settings, the points themselves, going back to one. */
export interface RestoreFacet extends Partial<OperationVerb<'winre.restore.trigger'>> {
  readonly policy?: PolicyVerb<RestorePolicy>;
  /** Newest first. */
  doListPoints?(device: DeviceBinding, call: CallContext): AsyncIterable<RestorePoint>;
}

/** Emptying a device and installing it anew. */
export interface RebuildFacet extends OperationVerb<'winre.rebuild.trigger'> {
  doListOfferings(device: DeviceBinding, call: CallContext): AsyncIterable<RebuildOffering>;
}

/** Quick Machine Recovery: its settings, its test mode, what it did. */
export interface RemediationFacet {
  readonly policy?: PolicyVerb<RemediationPolicy>;
  readonly test?: OperationVerb<'winre.remediation.test'>;
  doOutcome?(device: DeviceBinding, call: CallContext): Promise<RemediationOutcome>;
}

/** Which volumes have an escrowed recovery key; never the key. */
export interface EscrowStatus {
  readonly escrowed: boolean;
  readonly observedAt: string;
  readonly volumes: readonly { readonly volumeId: string; readonly keyId: string; readonly escrowedAt: string }[];
}

/** Recovery keys of encrypted volumes. */
export interface RecoveryKeysFacet {
  /** Never returns a key. */
  doEscrowStatus?(device: DeviceBinding, call: CallContext): Promise<EscrowStatus>;
  readonly rotate?: OperationVerb<'winre.keys.escrow'>;
  /** The key goes sealed from the escrow to the session; host and plug-in never see it. */
  readonly release?: OperationVerb<'winre.keys.release'>;
}

/** A log or diagnostics bundle that can be fetched. */
export interface ArtifactReference {
  readonly id: string;
  readonly category: string;
  readonly name: string;
  readonly bytes: number;
  readonly createdAt: string;
}

/** What devices uploaded, in categories the tenant has opted into. */
export interface ArtifactsFacet {
  doList(device: DeviceBinding, call: CallContext): AsyncIterable<ArtifactReference>;
  /** @throws {RecoveryError} `permission-denied` when the tenant has not opted into the category */
  doRead(artifactId: string, call: CallContext): AsyncIterable<Uint8Array>;
}

/**
 * `absent` means: proved not to be there and not on its way, so sending again is safe. About an operation that the vendor had taken the host believes it only
 * with the `vendorRef` of the reports: the vendor has not forgotten it, and its own record proves that the device never got it.
 */
export type ReconcileFinding =
  | { readonly finding: 'found'; readonly report: OperationReportInput }
  | { readonly finding: 'absent'; readonly reason: string; readonly vendorRef?: string | undefined }
  | { readonly finding: 'cannot-tell'; readonly reason: string };

/** Operations after they were started. */
export interface OperationsFacet {
  /** @throws {RecoveryError} `not-found`, also for another tenant's operation */
  doGet(handle: OperationHandle, call: CallContext): Promise<OperationReportInput>;
  doList(request: { readonly deviceId?: string }, call: CallContext): AsyncIterable<OperationReportInput>;
  /** Yields reports until a terminal one; may skip states, never goes back. */
  doWatch(handle: OperationHandle, call: CallContext): AsyncIterable<OperationReportInput>;
  doCancel(handle: OperationHandle, call: CallContext): Promise<'accepted' | 'too-late' | 'not-supported'>;
  doReconcile(handle: OperationHandle, call: CallContext): Promise<ReconcileFinding>;
}
