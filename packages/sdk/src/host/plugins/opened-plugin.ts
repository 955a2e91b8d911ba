import type { CapabilityDescriptor } from '../../contract/capability-descriptor.ts';
import type { ArtifactReference, EscrowStatus } from '../../contract/facets.ts';
import type { DeviceCapabilities, ProbeReport } from '../../contract/plugin.ts';
import type { SessionEvent } from '../../contract/session-event.ts';
import type { SessionWatchRequest } from '../../contract/session-source.ts';
import type { Device, DeviceBinding, DeviceQuery } from '../../schemas/device.ts';
import type { NetworkStatus } from '../../schemas/network.ts';
import type { OperationReport } from '../../schemas/operation.ts';
import type { Notice } from '../../schemas/primitives.ts';
import type { RebuildOffering } from '../../schemas/rebuild.ts';
import type { RemediationOutcome, RemediationPolicy } from '../../schemas/remediation.ts';
import type { RestorePoint, RestorePolicy } from '../../schemas/restore.ts';
import type { RecoverySession } from '../../schemas/session.ts';
import type { HostCall } from '../call-options.ts';

/** A setting of the vendor, read and replaced as a whole. */
export interface OpenedPolicy<Policy> {
  get(device: DeviceBinding, call?: HostCall): Promise<Policy | undefined>;
  set(device: DeviceBinding, policy: Policy, call?: HostCall): Promise<{ readonly notices: readonly Notice[] }>;
}

/**
 * The safe way to ask an open plug-in. Verbs that change a device are not here: they go through `host.plan`, `submit` and `start`.
 *
 * Every method may throw a `RecoveryError`: `unsupported` for a capability that is not claimed, or a preview one without opt-in; `cancelled` after
 * `drain` or disposal; `resource-exhausted` when the daily quota is used up; `internal` when the plug-in breaks the contract. Replies are parsed and
 * redacted. Aborts pass through unchanged. `drain` and disposal may be called twice.
 */
export interface OpenedPlugin extends AsyncDisposable {
  readonly id: string;
  readonly version: string;
  readonly displayName: string;
  /** The negotiated version of the contract. */
  readonly specVersion: string;
  /** Sealed and frozen. */
  readonly descriptor: CapabilityDescriptor;
  readonly descriptorHash: string;
  probe(call?: HostCall): Promise<ProbeReport>;
  capabilitiesFor(device: DeviceBinding, call?: HostCall): Promise<DeviceCapabilities>;
  readonly devices: {
    list(request?: { readonly pageSize?: number }, call?: HostCall): AsyncIterable<Device>;
    get(deviceId: string, call?: HostCall): Promise<Device>;
    resolve(query: DeviceQuery, call?: HostCall): Promise<Device | undefined>;
  };
  readonly sessions: {
    watch(request?: SessionWatchRequest, call?: HostCall): AsyncIterable<SessionEvent>;
    list(call?: HostCall): AsyncIterable<RecoverySession>;
    get(sessionId: string, call?: HostCall): Promise<RecoverySession>;
  };
  readonly network: { current(device: DeviceBinding, call?: HostCall): Promise<NetworkStatus> };
  readonly restore: {
    readonly policy: OpenedPolicy<RestorePolicy>;
    /** Newest first. */
    listPoints(device: DeviceBinding, call?: HostCall): AsyncIterable<RestorePoint>;
  };
  readonly rebuild: { listOfferings(device: DeviceBinding, call?: HostCall): AsyncIterable<RebuildOffering> };
  readonly remediation: {
    readonly policy: OpenedPolicy<RemediationPolicy>;
    outcome(device: DeviceBinding, call?: HostCall): Promise<RemediationOutcome>;
  };
  readonly recoveryKeys: { escrowStatus(device: DeviceBinding, call?: HostCall): Promise<EscrowStatus> };
  readonly artifacts: {
    list(device: DeviceBinding, call?: HostCall): AsyncIterable<ArtifactReference>;
    read(artifactId: string, call?: HostCall): AsyncIterable<Uint8Array>;
  };
  readonly operations: { list(request?: { readonly deviceId?: string }, call?: HostCall): AsyncIterable<OperationReport> };
  /** Takes no new work and waits for running calls until the deadline (milliseconds since 1970). */
  drain(deadlineMs: number): Promise<void>;
}
