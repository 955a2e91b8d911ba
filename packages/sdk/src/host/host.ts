import type { EventEmitter } from 'eventemitter3';
import type { z } from 'zod';
import type { CapabilityId } from '../contract/capability-floors.table.ts';
import type { Clock } from '../contract/clock.ts';
import type { HttpClient, IdSource, Logger, PluginStorage } from '../contract/host-services.ts';
import type { PluginDefinition } from '../contract/plugin.ts';
import type { SecretResolver } from '../contract/secret.ts';
import type { SignedApproval, TrustedKey } from '../schemas/approval.ts';
import type { OperationSnapshot, OperationState } from '../schemas/operation.ts';
import type { RecoveryPlan } from '../schemas/plan.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { HostCall } from './call-options.ts';
import type { HostEvents } from './host-events.ts';
import type { Journal } from './journal/journal.ts';
import type { OperationFinding, SubmittedOperation } from './journal/journal-entry.ts';
import type { ApprovalRequest } from './operations/approval-request.ts';
import type { OpenedPlugin } from './plugins/opened-plugin.ts';
import type { HostMeter, HostTracer } from './services/telemetry.ts';
import type { TrackedSession } from './sessions/tracked-session.ts';

/** Everything a host needs from outside. It reads no clock, file, environment or network of its own. */
export interface HostOptions {
  readonly journal: Journal;
  readonly audit: AuditLog;
  /** Keys with purpose `approve`: whose signature lets a destructive operation go. */
  readonly approvers: readonly TrustedKey[];
  /** Keys with purpose `sign-scripts`. */
  readonly signers: readonly TrustedKey[];
  /** Approver and signer keys that no longer count. */
  readonly revokedKeyIds?: readonly string[];
  readonly secrets: SecretResolver;
  /** Unrestricted; each plug-in is lent one that reaches only the hosts of its manifest. */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** One store for all; each plug-in is lent a name space of its own. */
  readonly storage: PluginStorage;
  /** Key of the digests of secrets in plans, at least 32 bytes. Keep it as long as open operations live: another key voids their approvals. */
  readonly digestKey: Uint8Array;
  /** More signatures than the floor asks for; a smaller number is ignored. */
  readonly approvalPolicy?: (plan: Omit<RecoveryPlan, 'approvalsNeeded'>) => number;
  readonly supportedSpecVersions?: readonly string[];
  /** Preview capabilities that may be used. */
  readonly previewOptIn?: readonly CapabilityId[];
  /** Follow the sessions of every opened plug-in that detects them. Default true. */
  readonly followSessions?: boolean;
  /** An OpenTelemetry `Tracer` fits. */
  readonly tracer?: HostTracer;
  /** An OpenTelemetry `Meter` fits. */
  readonly meter?: HostMeter;
}

/** The terms on which a plan is submitted. */
export interface SubmitRequest {
  /** Chosen by the caller; the same key with the same plan is the same operation for ever. */
  readonly operationKey: string;
  /** The principal who asks; never counted as an approver. */
  readonly requestedBy: string;
  /** ISO time until which approvals are taken. */
  readonly approveBy: string;
  /** ISO time after which nothing is sent. */
  readonly executeBy: string;
  /** An operation not delivered within this time after submission expires. */
  readonly ttlMs: number;
}

/** What `recover` did with one operation that was under way when the former host stopped. */
export interface RecoveredOperation {
  readonly operationKey: string;
  readonly before: OperationState;
  readonly after: OperationState;
  readonly reason: string;
}

/**
 * Drives plug-ins: plan, gate, journal, send, watch, reconcile, verify.
 *
 * Operations are named by operation key; an operation id is accepted wherever a key is. Unknown ones throw `not-found`.
 *
 * @see docs/design/plugin-contract.md#operations
 */
export interface Host extends AsyncDisposable {
  /**
   * Negotiates, validates and opens. A plug-in id is opened once at a time.
   * @throws {RecoveryError} `spec-version-mismatch`, `invalid-config` with the field path, `already-exists`, or what `validateConfig` said
   */
  openPlugin<ConfigSchema extends z.ZodType>(definition: PluginDefinition<ConfigSchema>, config: unknown, call?: HostCall): Promise<OpenedPlugin>;
  /** @throws {RecoveryError} `not-found` */
  plugin(pluginId: string): OpenedPlugin;

  /**
   * Says what would happen and writes nothing at the vendor. Unmet prechecks are in the plan; `submit` refuses such a plan.
   * @throws {RecoveryError} `failed-precondition` with the prechecks when they keep a destructive plan from saying what would be lost, `invalid-argument`, `enrolment-changed`, `untrusted-payload`, `unsupported`, `permission-denied` for a secret the plug-in may not have
   */
  plan(pluginId: string, intent: unknown, call?: HostCall): Promise<RecoveryPlan>;
  /**
   * Registers the operation, durably: `approved` when nobody has to sign, `awaiting-approval` otherwise. Again with the same key and plan: the same operation.
   * @throws {RecoveryError} `failed-precondition` with the prechecks, `already-exists`, `plan-stale` for an altered plan
   */
  submit(plan: RecoveryPlan, request: SubmitRequest): Promise<OperationSnapshot>;
  /** What approvers have to see and sign. */
  approvalRequest(operationKey: string): Promise<ApprovalRequest>;
  /**
   * Takes one signed decision. The last one needed makes the operation `approved`; a rejection makes it `rejected`.
   * @throws {RecoveryError} `untrusted-payload`, `plan-stale`, `enrolment-changed`, `approval-rejected` (by the requester), `approval-expired`, `already-exists` (same person twice), `conflict` (not waiting)
   */
  approve(operationKey: string, approval: SignedApproval): Promise<OperationSnapshot>;
  /**
   * Plans again, journals the intent, sends. Returns the operation as the vendor took it, or `unknown` when nobody can tell; calling again reconciles first.
   * @throws {RecoveryError} `approval-required`, `approval-expired`, `approval-rejected`, `plan-stale`, `enrolment-changed`, `failed-precondition`, `conflict` (another operation holds the device), `unavailable` (journal or audit), the vendor's refusal, or its request to wait, with `retryAfterMs`
   */
  start(operationKey: string, call?: HostCall): Promise<OperationSnapshot>;
  /** Yields the operation now and at every change until a terminal state. Stopping abandons the wait only. */
  watch(operationKey: string, call?: HostCall): AsyncIterable<OperationSnapshot>;
  /** Before it was sent: cancels at once. Afterwards asks the vendor; `too-late` and `not-supported` leave it running. Needs no approval. */
  cancel(operationKey: string, by: string, reason: string, call?: HostCall): Promise<'accepted' | 'too-late' | 'not-supported'>;
  /** Asks the vendor about an unknown operation; sends nothing. */
  reconcile(operationKey: string, call?: HostCall): Promise<OperationSnapshot>;
  /** A person's finding about an unknown operation. For a destructive one it counts when two people say the same. */
  resolve(operationKey: string, finding: OperationFinding, by: string, reason: string): Promise<OperationSnapshot>;
  /** Call at start, after the plug-ins are open: whatever was under way is reconciled, and sent again once where that is proved safe. */
  recover(call?: HostCall): Promise<readonly RecoveredOperation[]>;

  readonly operations: {
    get(operationKey: string): Promise<OperationSnapshot>;
    /** What was submitted: intent, plan, who asked. */
    submitted(operationKey: string): Promise<SubmittedOperation>;
    list(filter?: { readonly pluginId?: string; readonly deviceId?: string }): Promise<readonly OperationSnapshot[]>;
  };
  readonly sessions: {
    /** Live, suspected and lost sessions, newest last. */
    list(filter?: { readonly pluginId?: string; readonly deviceId?: string }): readonly TrackedSession[];
    get(sessionId: string): TrackedSession | undefined;
    /** The sessions now, then every change. */
    watch(call?: { readonly deviceId?: string; readonly signal?: AbortSignal }): AsyncIterable<TrackedSession>;
  };
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly events: EventEmitter<HostEvents>;
}
