import { z } from 'zod';
import type { NetworkStatus } from '../../schemas/network.ts';
import type { RemediationOutcome } from '../../schemas/remediation.ts';
import type { RestorePoint } from '../../schemas/restore.ts';

/** What a step does; `wait-for-native-qmr` only waits. */
export const playbookStepKindSchema = z.enum(['wait-for-native-qmr', 'network', 'script', 'keys-release', 'restore', 'rebuild']);
/** See {@link playbookStepKindSchema}. */
export type PlaybookStepKind = z.infer<typeof playbookStepKindSchema>;

/** An escalation: steps in the order in which they are tried, from the gentlest to the most destructive. */
export const playbookSchema = z.strictObject({
  id: z.string().min(1),
  version: z.string().min(1),
  steps: z.array(z.strictObject({
    id: z.string().min(1),
    kind: playbookStepKindSchema,
    /** For one attempt; for `wait-for-native-qmr`, how long to wait in all. */
    timeLimitMs: z.int().positive(),
    maxAttempts: z.int().positive().default(1),
  })).min(1),
});
export type Playbook = z.infer<typeof playbookSchema>;
/** One step with its limits. */
export type PlaybookStep = Playbook['steps'][number];

/** How one attempt at a step ended. */
export interface StepAttempt {
  readonly stepId: string;
  readonly outcome: 'succeeded' | 'failed' | 'refused' | 'timed-out';
  readonly reason: string;
  readonly operationKey: string | undefined;
  /** The session in which it was begun, if one was known. */
  readonly sessionId: string | undefined;
  /** Milliseconds since 1970. */
  readonly endedMs: number;
}

/** What is known about a device when the next step is chosen. Whatever is undefined is not known. */
export interface RecoveryEvidence {
  readonly nowMs: number;
  /** When the recovery began, milliseconds since 1970. */
  readonly startedMs: number;
  /** The device was seen running its operating system. */
  readonly booted: boolean;
  readonly sessionLive: boolean;
  /** The live session. */
  readonly sessionId: string | undefined;
  readonly nativeRemediation: RemediationOutcome | undefined;
  readonly network: NetworkStatus | undefined;
  readonly volumeLocked: boolean | undefined;
  readonly restorePoints: readonly RestorePoint[] | undefined;
  readonly attempts: readonly StepAttempt[];
}

/** The next step, or why there is none. Never without reasons. */
export type PlaybookDecision = { readonly reasons: readonly string[] } & (
  | { readonly action: 'run-step'; readonly step: PlaybookStep; readonly attempt: number; readonly restorePointId: string | undefined }
  | { readonly action: 'wait-for-native-qmr'; readonly step: PlaybookStep; readonly untilMs: number }
  | { readonly action: 'done' }
  | { readonly action: 'ask-person' }
);

/** One line of a running playbook. */
export type PlaybookEvent =
  | { readonly type: 'decision'; readonly decision: PlaybookDecision }
  | { readonly type: 'attempt'; readonly attempt: StepAttempt }
  | { readonly type: 'ended'; readonly outcome: 'done' | 'ask-person'; readonly reasons: readonly string[] };
