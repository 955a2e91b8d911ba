import type { Clock, Logger, OperationReport, PlanBinding, ReconcileFinding, SecretValue, SessionSource, SignedApproval, StatementSigner, TrustedKey } from '@winre-kit/sdk';
import type { Consent, DevicePolicies, LogChunk, Query, QueryKind, QueryReplyOf, SignedTrustUpdate } from '../protocol/index.ts';
import type { ArtifactRecord, DeviceRecord, EscrowRecord, OperationRecord } from './gateway-records.ts';
import type { EscrowOpener } from './escrow-opener.ts';
import type { GatewayStore } from './gateway-store.ts';

/** A log chunk as it is handed on. */
export interface LogEntry {
  readonly device: DeviceRecord;
  readonly sessionId: string | undefined;
  readonly receivedAt: string;
  readonly chunk: LogChunk;
}

/** Everything a gateway uses. Nothing else is reached for. */
export interface GatewayConfig {
  readonly store: GatewayStore;
  /** Signs time and revocations; its key must be pinned by the devices with purpose `gateway`. */
  readonly signer: StatementSigner;
  /** Opens what is stored sealed. Without it no operation with secrets and no recovery key is taken. */
  readonly escrow?: EscrowOpener;
  readonly clock: Clock;
  /** Cryptographically random. */
  readonly randomBytes: (length: number) => Uint8Array;
  readonly logger: Logger;
  /** 15 s when not given. */
  readonly heartbeatEveryMs?: number;
  /** A lost session that stays silent for this long has ended; 30 min when not given. */
  readonly endSessionAfterMs?: number;
  /** Log bytes per device that may wait for `logSink`; 256 KiB when not given. */
  readonly logWindowBytes?: number;
  /** Takes each chunk once it resolves; devices are held back until then. Without it logs go into session events only. */
  readonly logSink?: (entry: LogEntry) => Promise<void>;
  /** Session events kept for watchers; 10,000 when not given. */
  readonly keepEvents?: number;
  /** What the kept events may take as JSON, so that devices which talk a lot cannot fill the memory; 32 MiB when not given. */
  readonly keepEventBytes?: number;
  /** What the artifacts of one device may take together; 256 MiB when not given. */
  readonly artifactBytesPerDevice?: number;
  /** How session events name devices: `hardware-id` for plug-ins of vendors that have ids of their own. */
  readonly nameDevicesBy?: 'device-id' | 'hardware-id';
}

/** An operation for a device. `secrets` are sealed before they are stored. */
export interface OperationSubmission {
  readonly operationKey: string;
  readonly planDigest: string;
  readonly binding: PlanBinding;
  readonly approvals: readonly SignedApproval[];
  /** From now. */
  readonly ttlMs: number;
  readonly secrets?: Readonly<Record<string, SecretValue>>;
}

/** Whom a tenant's devices trust from their first enrolment on. */
export interface TenantSettings {
  readonly tenantId: string;
  /** Taken only when the tenant is new; later changes need a signed trust update. */
  readonly trustedKeys: readonly TrustedKey[];
  readonly caCertificatesPem: readonly string[];
  readonly consent: Consent;
}

/** For whom an enrolment token is, and how long it lives. */
export interface EnrolmentTokenRequest {
  readonly tenantId: string;
  readonly ttlMs: number;
  readonly hardwareId?: string;
}

/**
 * The server end of the protocol, embedded in a back end. It has no HTTP server: mount `fetch` under TLS, with the paths of `protocolRoutes`.
 * Host-side calls are trusted; whoever calls them has checked the caller's rights.
 */
export interface Gateway extends AsyncDisposable {
  fetch(request: Request): Promise<Response>;

  /** Creates the tenant, or replaces its consent. */
  putTenant(settings: TenantSettings): Promise<void>;
  /** Applies a signed update and passes it on to every device of the tenant. @throws {RecoveryError} `untrusted-payload` */
  applyTrustUpdate(tenantId: string, update: SignedTrustUpdate): Promise<void>;
  /** From the next message on; keys stay revoked for ever. Idempotent. */
  revoke(tenantId: string, what: { readonly keyIds?: readonly string[]; readonly deviceIds?: readonly string[] }): Promise<void>;
  /** A one-time token. Only its digest is stored; hand the value out now. */
  issueEnrolmentToken(request: EnrolmentTokenRequest): Promise<SecretValue>;

  /** @throws {RecoveryError} `not-found` */
  readDevice(deviceId: string): Promise<DeviceRecord>;
  listDevices(filter?: { readonly tenantId?: string }): Promise<readonly DeviceRecord[]>;
  /** Followed by the device from its next poll on. @throws {RecoveryError} `not-found` */
  setPolicies(deviceId: string, policies: DevicePolicies): Promise<void>;

  /**
   * Asks a device and waits for the answer.
   *
   * @throws {RecoveryError} `device-unreachable` when it did not fetch the question in time, `deadline-exceeded` (nothing was changed) when it did not
   * answer, or the device's own error
   */
  query<Kind extends QueryKind>(deviceId: string, query: Query & { readonly kind: Kind }, call: { readonly signal: AbortSignal; readonly timeoutMs?: number }): Promise<QueryReplyOf<Kind>>;

  /**
   * Puts an operation into the device's queue; durable when it resolves. Idempotent per operation key and plan. Called again after `reconcileOperation`
   * said `absent`, it is sent again.
   *
   * @throws {RecoveryError} `already-exists`, `not-found`, `enrolment-changed`, `plan-stale`, `failed-precondition` (no escrowed key), approval errors
   */
  submitOperation(submission: OperationSubmission): Promise<OperationReport>;
  /** `accepted` only while it has certainly not reached the device. */
  cancelOperation(tenantId: string, operationKey: string): Promise<'accepted' | 'too-late'>;
  reconcileOperation(tenantId: string, operationKey: string): Promise<ReconcileFinding>;
  /** @throws {RecoveryError} `not-found` */
  readOperation(tenantId: string, operationKey: string): Promise<OperationRecord>;
  listOperations(filter: { readonly tenantId?: string; readonly deviceId?: string; readonly open?: true }): Promise<readonly OperationRecord[]>;
  /** Tells watchers that somebody else, a carrier that is not the agent, has written the operation's record. @throws {RecoveryError} `not-found` */
  announceOperation(tenantId: string, operationKey: string): Promise<void>;
  /** Reports as they change, the present one first; ends with a terminal one. */
  watchOperation(tenantId: string, operationKey: string, call: { readonly signal: AbortSignal }): AsyncIterable<OperationReport>;

  listEscrow(deviceId: string): Promise<readonly EscrowRecord[]>;
  listArtifacts(deviceId: string): Promise<readonly ArtifactRecord[]>;
  /** @throws {RecoveryError} `not-found`, `permission-denied` when the tenant has withdrawn its consent */
  readArtifact(artifactId: string): AsyncIterable<Uint8Array>;

  /** Events of recovery sessions, kept in memory within limits: after a restart a watcher begins with `stream.gap`. */
  readonly sessions: SessionSource;

  /** Answers waiting polls and ends watchers. Everything durable is durable already. */
  close(): Promise<void>;
}

