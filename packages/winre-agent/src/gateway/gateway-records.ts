import type { Effect, OperationReport, PlanBinding, RecoverySession, SignedApproval, TrustedKey } from '@winre-kit/sdk';
import type { Consent, DataCategory, DevicePolicies, RevocationsStatement, Sealed, SignedTrustUpdate } from '../protocol/index.ts';

/** What every stored record has. Records are plain JSON and hold no secret in the clear. */
interface Stored {
  /** 1 for a new record, one more with each change. */
  readonly revision: number;
}

/** Whom and what a tenant trusts, and what it has opted into. Key: `tenantId`. */
export interface TenantRecord extends Stored {
  readonly tenantId: string;
  readonly trustSequence: number;
  /** As it stands after `trustUpdates`. */
  readonly trustedKeys: readonly TrustedKey[];
  readonly caCertificatesPem: readonly string[];
  readonly trustUpdates: readonly SignedTrustUpdate[];
  readonly revocations: RevocationsStatement;
  readonly consent: Consent;
}

/** A device and its present enrolment. Key: `deviceId`. */
export interface DeviceRecord extends Stored {
  readonly deviceId: string;
  readonly tenantId: string;
  readonly hardwareId: string;
  readonly serialNumber?: string;
  readonly displayName: string;
  readonly platform: 'windows' | 'linux';
  readonly osBuild?: string;
  readonly enrolmentEpoch: string;
  readonly enrolledAt: string;
  readonly devicePublicKey: string;
  /** False while no agent has ever enrolled on the device and it is known by other means alone; nobody holds the private half of `devicePublicKey` then. */
  readonly hasAgent?: false;
  readonly stateGeneration: string;
  /** The last sequence that was given to a command of this device, in any enrolment. Never goes back. */
  readonly commandSequence: number;
  /** The highest `lastCommandSequence` that the device has sent in this enrolment. */
  readonly acknowledgedSequence: number;
  readonly policies: DevicePolicies;
  readonly lastSeenAt: string;
}

/** The right to enrol, by digest. Key: `tokenSha256`. */
export interface EnrolmentTokenRecord extends Stored {
  readonly tokenSha256: string;
  readonly tenantId: string;
  readonly expiresAt: string;
  /** Only this hardware may use it; always set for continuity tokens. */
  readonly hardwareId?: string;
  /** The rebuild that this token continues. */
  readonly continues?: { readonly deviceId: string; readonly operationKey: string; readonly enrolmentEpoch: string };
  /** Set once, before the first answer. The same key may ask again: its answer may have been lost. */
  readonly usedBy?: { readonly devicePublicKey: string; readonly deviceId: string; readonly enrolmentEpoch: string };
}

/**
 * Where a command is. `queued`: has not left. `retired`: written off for one delivery that is on its way. `received`: the agent has it in its ledger.
 * `not-received`: it is certain that it never arrived. `outcome-unknown`: the agent lost its ledger. `closed`: the report is terminal.
 */
export type DeliveryState = 'queued' | 'retired' | 'received' | 'not-received' | 'outcome-unknown' | 'closed';

/** One operation for one device. Key: `operationRecordKey(tenantId, operationKey)`. */
export interface OperationRecord extends Stored {
  readonly tenantId: string;
  readonly operationKey: string;
  readonly operationId: string;
  readonly deviceId: string;
  readonly enrolmentEpoch: string;
  readonly effect: Effect;
  readonly planDigest: string;
  readonly binding: PlanBinding;
  readonly approvals: readonly SignedApproval[];
  readonly deliverBy: string;
  /** Secrets by name, sealed to the escrow key; sealed again to the channel's key when the command leaves. */
  readonly secrets: Readonly<Record<string, Sealed>>;
  /** Orders the queue of a device. */
  readonly submittedAt: string;
  readonly delivery: DeliveryState;
  /** Set while `delivery` is `retired` or `received`. */
  readonly commandSequence?: number;
  /** Brought to the device by something else than its agent, whose ledger then knows nothing of it. Such an operation is `received` until that carrier closes it. */
  readonly carriedBy?: 'mdm';
  readonly report: OperationReport;
  /** The highest `reportSequence` taken. */
  readonly reportSequence: number;
  /** Of a rebuild whose device has enrolled again with the continuity token. */
  readonly continuedAs?: { readonly enrolmentEpoch: string; readonly enrolledAt: string };
}

/** A session, kept so that it survives a restart of the gateway. Key: `sessionId`. */
export interface SessionRecord extends Stored {
  readonly sessionId: string;
  readonly deviceId: string;
  readonly bootId: string;
  readonly session: RecoverySession;
  readonly open: boolean;
}

/** A recovery key in ciphertext. Key: `escrowRecordKey(deviceId, volumeId)`. */
export interface EscrowRecord extends Stored {
  readonly deviceId: string;
  readonly volumeId: string;
  readonly keyId: string;
  readonly escrowKeyId: string;
  readonly sealedRecoveryKey: Sealed;
  readonly escrowedAt: string;
  /** Those that were replaced, oldest first: whoever has a device's key must not be able to make the only good recovery key disappear. */
  readonly former?: readonly Pick<EscrowRecord, 'keyId' | 'escrowKeyId' | 'sealedRecoveryKey' | 'escrowedAt'>[];
}

/** What an artifact is; its bytes are stored apart. Key: `artifactId`. */
export interface ArtifactRecord extends Stored {
  readonly artifactId: string;
  readonly deviceId: string;
  readonly tenantId: string;
  readonly category: DataCategory;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly createdAt: string;
}

/** The tables of the store and what is in them. */
export interface GatewayRecords {
  readonly tenants: TenantRecord;
  readonly devices: DeviceRecord;
  readonly tokens: EnrolmentTokenRecord;
  readonly operations: OperationRecord;
  readonly sessions: SessionRecord;
  readonly escrow: EscrowRecord;
  readonly artifacts: ArtifactRecord;
}
/** Names of the tables. */
export type GatewayTable = keyof GatewayRecords;
