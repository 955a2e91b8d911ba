import type { PlanDraftInput } from '@winre-kit/sdk';

/** One precheck as a plan states it. */
export type PlannedPrecheck = PlanDraftInput['prechecks'][number];
