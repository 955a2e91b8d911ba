import type { Entity } from '../protocol/graph-answer.ts';
import type { AssignmentTarget } from '../surface/bodies/assignment-body.ts';

/** Something that is assigned to groups: a profile, a policy, a script package. */
export interface AssignableRecord {
  readonly id: string;
  entity: Entity;
  assignments: readonly { readonly id: string; readonly target: AssignmentTarget }[];
  assignedAtMs: number;
  /** Values that reads do not show, by reference. */
  readonly secrets: Map<string, unknown>;
  /** Run states of a script package, by device. */
  readonly runStates: Map<string, ScriptRunState>;
}

/** How a script package did on a device, as Graph writes it. */
export type ScriptRunState = Entity & {
  readonly detectionState: string;
  readonly remediationState: string;
};
