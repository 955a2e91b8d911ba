import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { PackVerdict } from './prune-report.ts';

/** One pack as prune sees it. */
export interface PrunablePack {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly objects: readonly { readonly id: ObjectId; readonly lengthBytes: number }[];
  /** Set when it is condemned already. */
  readonly condemnedAtMs?: number;
}

/** Everything a plan depends on. */
export interface PrunePlanInput {
  readonly packs: readonly PrunablePack[];
  /** Whether some snapshot needs the object. */
  readonly isNeeded: (id: ObjectId, kind: ObjectKind) => boolean;
  /** Whether a stored copy was found damaged. Default: none was. */
  readonly isDamaged?: (packName: string, id: ObjectId) => boolean;
  readonly nowMs: number;
  readonly graceMs: number;
  /** Data packs with a greater share of dead bytes are rewritten, 0 to 1. */
  readonly rewriteAboveDeadShare: number;
}

/**
 * Decides what becomes of each pack. Pure; verdicts in the order of the packs.
 *
 * An object with several copies is live in one pack only: an intact one first, then the first that is not condemned. A tree pack
 * with any dead tree is rewritten, so that no tree outlives what is below it.
 */
export function planPrune(input: PrunePlanInput): readonly PackVerdict[] {
  const homes = chooseHomes(input);
  return input.packs.map((pack) => {
    const live = pack.objects.filter(({ id }) => homes.get(`${pack.kind} ${id}`) === pack.name);
    const liveBytes = sumBytes(live);
    const deadBytes = sumBytes(pack.objects) - liveBytes;
    return { packName: pack.name, liveBytes, deadBytes, ...judge(pack, live, deadBytes, input) };
  });
}

function judge(pack: PrunablePack, live: PrunablePack['objects'], deadBytes: number, input: PrunePlanInput): Pick<PackVerdict, 'action' | 'reason'> {
  const liveCount = live.length;
  const liveBytes = sumBytes(live);
  const deadCount = pack.objects.length - liveCount;
  if (pack.condemnedAtMs !== undefined) {
    const damagedCount = live.filter(({ id }) => input.isDamaged?.(pack.name, id)).length;
    if (damagedCount > 0) return { action: 'await-grace', reason: `condemned and damaged: ${damagedCount} of its ${liveCount} needed objects are lost, the others are kept` };
    if (liveCount > 0 && deadCount > 0 && pack.kind === 'tree') return { action: 'rewrite', reason: `condemned, but ${liveCount} of its trees are needed; what its dead ones refer to may be gone` };
    if (liveCount > 0) return { action: 'reprieve', reason: `condemned, but ${liveCount} of its objects are needed and stored nowhere else` };
    const ageMs = input.nowMs - pack.condemnedAtMs;
    if (ageMs < input.graceMs) return { action: 'await-grace', reason: `condemned ${ageMs} ms ago; the grace time is ${input.graceMs} ms` };
    return { action: 'delete', reason: `condemned ${ageMs} ms ago and still needed by no snapshot` };
  }
  if (liveCount === 0) return { action: 'condemn', reason: 'no snapshot needs any of its objects, or other packs hold them too' };
  if (deadCount === 0) return { action: 'keep', reason: 'every object is needed' };
  if (pack.kind === 'tree') return { action: 'rewrite', reason: `${deadCount} of its trees are dead; trees are kept only with everything below them` };
  const deadShare = deadBytes / (liveBytes + deadBytes);
  const percent = `${Math.round(100 * deadShare)} % of its bytes are dead`;
  if (deadShare > input.rewriteAboveDeadShare) return { action: 'rewrite', reason: percent };
  return { action: 'keep', reason: `only ${percent}` };
}

/** For each needed object the one pack it stays in, by `<kind> <id>`. */
function chooseHomes({ packs, isNeeded, isDamaged = () => false }: PrunePlanInput): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  const keptFirst = packs.toSorted((a, b) => Number(a.condemnedAtMs !== undefined) - Number(b.condemnedAtMs !== undefined));
  for (const takesDamaged of [false, true])
    for (const { name, kind, objects } of keptFirst)
      for (const { id } of objects) if (!homes.has(`${kind} ${id}`) && isNeeded(id, kind) && (takesDamaged || !isDamaged(name, id))) homes.set(`${kind} ${id}`, name);
  return homes;
}

function sumBytes(objects: readonly { readonly lengthBytes: number }[]): number {
  return objects.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}
