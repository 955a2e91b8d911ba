import type { AlignmentHint } from './alignment.ts';
import { findAnchor, type AnchorTable } from './anchor-table.ts';
import type { DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import { scanAnchors } from './scan-anchors.ts';

/** Looks the anchors of a range of the base up in a table of the result's: each one found suggests a shift. */
export async function searchBase(memory: DeltaMemory, base: EndReader, start: number, end: number, table: AnchorTable): Promise<AlignmentHint[]> {
  const found: AlignmentHint[] = [];
  await scanAnchors(memory, base, start, end, (anchor) => {
    const position = findAnchor(table, anchor.key);
    if (position !== undefined) found.push({ position, shift: anchor.position - position });
  });
  return found;
}

/** Two anchors that moved alike this close to each other are no accident. */
const neighbourhoodBytes = 262_144;

/** Keeps suggestions that a neighbour confirms, in the order of their positions, and of those in a row with one shift the first. Pure. */
export function confirmHints(found: readonly AlignmentHint[]): AlignmentHint[] {
  const lastByShift = new Map<number, AlignmentHint>();
  const confirmed: AlignmentHint[] = [];
  for (const hint of found.toSorted((left, right) => left.position - right.position)) {
    const before = lastByShift.get(hint.shift);
    if (before !== undefined && hint.position - before.position <= neighbourhoodBytes) confirmed.push(before, hint);
    lastByShift.set(hint.shift, hint);
  }
  return mergeHints(confirmed);
}

/** Hints in the order of their positions, without those that repeat the shift before. Pure. */
export function mergeHints(hints: readonly AlignmentHint[]): AlignmentHint[] {
  const sorted = hints.toSorted((left, right) => left.position - right.position);
  return sorted.filter((hint, index) => index === 0 || hint.shift !== sorted[index - 1]?.shift);
}
