import { canonicalJson } from '../../trust/canonical-json.ts';
import type { PlanBinding } from '../../schemas/plan.ts';
import type { Precheck } from '../../schemas/precheck.ts';
import type { LossStatement } from '../../schemas/restore.ts';

/** The part of a plan that must not have changed when it is carried out. */
export interface ComparablePlan {
  readonly planDigest: string;
  readonly binding: PlanBinding;
  readonly prechecks: readonly Precheck[];
  readonly loss?: LossStatement | undefined;
}

const standing = { met: 0, unknown: 1, unmet: 2 } as const;

/** What changed for the worse, or at all in what was approved, since the plan was made. Empty when the approval still means what it said. */
export function comparePlans(approved: ComparablePlan, present: ComparablePlan): readonly string[] {
  const now = new Map(present.prechecks.map((precheck) => [precheck.id, precheck]));
  const before = new Set(approved.prechecks.map(({ id }) => id));
  const worse = approved.prechecks.flatMap(({ id, state, required }) => {
    const later = now.get(id);
    if (!required && !later?.required) return [];
    if (!later) return [`precheck ${id} is no longer reported`];
    return standing[later.state] > standing[state] ? [`precheck ${id} was ${state} and is ${later.state}: ${later.evidence}`] : [];
  });
  const added = present.prechecks.filter(({ id, state, required }) => required && state !== 'met' && !before.has(id)).map(({ id, state, evidence }) => `precheck ${id} is new and ${state}: ${evidence}`);
  return [...worse, ...added, ...lossReasons(approved.loss, present.loss), ...digestReasons(approved, present)];
}

function lossReasons(approved: LossStatement | undefined, present: LossStatement | undefined): string[] {
  if (present && (present.files > (approved?.files ?? 0) || present.bytes > (approved?.bytes ?? 0))) {
    return [`the loss grew from ${approved?.files ?? 0} files and ${approved?.bytes ?? 0} bytes to ${present.files} files and ${present.bytes} bytes`];
  }
  // The digest says it too, but it was the plug-in's word for what people were shown.
  return listOf(approved) === listOf(present) ? [] : ['other files would be lost than were shown'];
}

function listOf(loss: LossStatement | undefined): string {
  return canonicalJson(loss ? { files: loss.files, bytes: loss.bytes, entries: loss.entries, truncated: loss.truncated } : null);
}

function digestReasons(approved: ComparablePlan, present: ComparablePlan): string[] {
  if (approved.planDigest === present.planDigest) return [];
  const members = Object.keys(approved.binding) as (keyof PlanBinding)[];
  const changed = members.filter((member) => canonicalJson(approved.binding[member]) !== canonicalJson(present.binding[member]));
  return [`the plan has another digest; changed: ${changed.join(', ') || 'the recorded digest'}`];
}
