import type { Intent, IntentOf, OperationCapability, OperationEvidence, OutputStream, PlanBinding, SecretValue } from '@winre-kit/sdk';
import type { Boot } from '../../platform/platform.ts';

/** An operation that has passed every check of its envelope: digest, device, time, approvals. */
export interface OperationRequest<Capability extends OperationCapability = OperationCapability> {
  readonly operationKey: string;
  readonly intent: IntentOf<Capability>;
  readonly binding: PlanBinding;
  /** Opens a secret that came with the command. @throws {RecoveryError} `failed-precondition` when it did not come, `untrusted-payload` */
  readonly secret: (name: string) => Promise<SecretValue>;
  readonly signal: AbortSignal;
}

/** What a running operation may say and ask. */
export interface OperationStage {
  readonly operationKey: string;
  readonly executionId: string;
  readonly signal: AbortSignal;
  /** True when the agent was killed in the middle and goes on with the same execution. */
  readonly resumed: boolean;
  /** False when the machine was started anew since: others may have written to the volume meanwhile. */
  readonly startedInThisBoot: boolean;
  /** Steps that are done, from before a kill too. */
  hasPassed(phase: string): boolean;
  /** Marks a step as done, durably. */
  pass(phase: string): Promise<void>;
  /** Call right before the first write of a destructive operation. Tells the witness once per execution; when it rejects nothing may be written. */
  recordEffect(): Promise<void>;
  report(progress: { readonly state?: 'running' | 'verifying'; readonly percent?: number; readonly message: string }): void;
}

/** How an operation ended on the device. */
export interface OperationResult {
  readonly state: 'succeeded' | 'failed';
  /** The device's own word for it. */
  readonly rawState: string;
  readonly message: string;
  readonly deviceCode?: string;
  readonly exitCode?: number;
  readonly stdout?: OutputStream;
  readonly stderr?: OutputStream;
  readonly evidence?: Omit<OperationEvidence, 'observedAt' | 'source'>;
}

/** The result, or: it ends with the machine starting anew, and what is seen then decides. */
export type OperationOutcome = OperationResult | { readonly state: 'awaiting-boot'; readonly mode: Boot['mode']; readonly reason: Boot['reason'] };

/** Carries a prepared operation out. A rejection becomes a `failed` report with the error's code. */
export type PreparedOperation = (stage: OperationStage) => Promise<OperationOutcome>;

/** Checks everything that may refuse the operation and changes nothing. @throws {RecoveryError} the refusal */
export type PrepareOperation<Capability extends OperationCapability = OperationCapability> = (request: OperationRequest<Capability>) => Promise<PreparedOperation>;

/** One handler per capability; a capability without one is refused as unsupported. */
export type OperationHandlers = { readonly [Capability in Intent['capability']]?: PrepareOperation<Capability> };
