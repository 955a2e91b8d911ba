/** From this position of the result on, its bytes stand in the base at `position + shift`, as far as one could see. */
export interface AlignmentHint {
  readonly position: number;
  readonly shift: number;
}

const maxShifts = 8;

/**
 * The shifts worth trying for a window of the result, best first: the one in force, those of hints that lie in the window or its
 * neighbourhood, nearest first, then the others of the region. Pure.
 *
 * @param hints ascending by position
 */
export function shiftsToTry(current: number, hints: readonly AlignmentHint[], start: number, end: number): number[] {
  const distance = ({ position }: AlignmentHint): number => Math.max(0, start - position, position - end);
  const nearest = hints.toSorted((left, right) => distance(left) - distance(right)).map(({ shift }) => shift);
  return [...new Set([current, ...nearest])].slice(0, maxShifts);
}

/** The hints that concern a region: those inside it, the last before it and the first behind it. */
export function hintsFor(hints: readonly AlignmentHint[], start: number, end: number): AlignmentHint[] {
  const first = hints.findLastIndex(({ position }) => position <= start);
  const behind = hints.findIndex(({ position }) => position >= end);
  return hints.slice(Math.max(0, first), behind === -1 ? undefined : behind + 1);
}
