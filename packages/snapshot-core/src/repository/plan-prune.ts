import type { ObjectKind } from '../format/object-reference.ts';
import type { PackVerdict } from './prune-report.ts';

/** One pack as prune sees it. Each needed object is live in one pack only; other copies of it are dead. */
export interface PrunablePack {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly objectCount: number;
  readonly liveCount: number;
  readonly liveBytes: number;
  readonly deadBytes: number;
  /** How many of the live objects were found damaged or could not be read: no copy of them is known to be intact. */
  readonly damagedCount: number;
  /** Set when it is condemned already. */
  readonly condemnedAtMs?: number;
}

/** Everything a plan depends on. */
export interface PrunePlanInput {
  readonly packs: readonly PrunablePack[];
  readonly nowMs: number;
  readonly graceMs: number;
  /** Data packs with a greater share of dead bytes are rewritten, 0 to 1. */
  readonly rewriteAboveDeadShare: number;
}

/**
 * Decides what becomes of each pack. Pure; verdicts in the order of the packs.
 *
 * A tree pack with any dead tree is rewritten, so that no tree outlives what is below it.
 */
export function planPrune(input: PrunePlanInput): readonly PackVerdict[] {
  return input.packs.map((pack) => ({ packName: pack.name, liveBytes: pack.liveBytes, deadBytes: pack.deadBytes, ...judge(pack, input) }));
}

function judge(pack: PrunablePack, input: PrunePlanInput): Pick<PackVerdict, 'action' | 'reason'> {
  const { kind, liveCount, liveBytes, deadBytes, damagedCount } = pack;
  const deadCount = pack.objectCount - liveCount;
  if (pack.condemnedAtMs !== undefined) {
    if (damagedCount > 0) return { action: 'await-grace', reason: `condemned, and ${damagedCount} of its ${liveCount} needed objects are damaged or could not be read; it is kept for the others` };
    if (liveCount > 0 && deadCount > 0 && kind === 'tree') return { action: 'rewrite', reason: `condemned, but ${liveCount} of its trees are needed; what its dead ones refer to may be gone` };
    if (liveCount > 0) return { action: 'reprieve', reason: `condemned, but ${liveCount} of its objects are needed and stored nowhere else` };
    const ageMs = input.nowMs - pack.condemnedAtMs;
    if (ageMs < input.graceMs) return { action: 'await-grace', reason: `condemned ${ageMs} ms ago; the grace time is ${input.graceMs} ms` };
    return { action: 'delete', reason: `condemned ${ageMs} ms ago and still needed by no snapshot` };
  }
  if (liveCount === 0) return { action: 'condemn', reason: 'no snapshot needs any of its objects, or other packs hold them too' };
  if (deadCount === 0) return { action: 'keep', reason: 'every object is needed' };
  if (kind === 'tree') return { action: 'rewrite', reason: `${deadCount} of its trees are dead; trees are kept only with everything below them` };
  const deadShare = deadBytes / (liveBytes + deadBytes);
  const percent = `${Math.round(100 * deadShare)} % of its bytes are dead`;
  if (deadShare > input.rewriteAboveDeadShare) return { action: 'rewrite', reason: percent };
  return { action: 'keep', reason: `only ${percent}` };
}
