import { compareBlockBytes, type DeltaMemory } from './delta-memory.ts';

/** Where something begins and ends (exclusive). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A copy costs about this much in the delta: shorter runs are left to the dictionary. */
const minRunBytes = 32;

/**
 * The runs in which the two windows hold equal bytes at equal positions, ascending, within a span of positions in the windows.
 *
 * Runs are extended to the byte, at both ends. Equal bytes between two changes of one block are not worth an instruction.
 */
export function findEqualRuns(memory: DeltaMemory, span: Span): Span[] {
  const { kernels, result, base, blocks } = memory;
  const lengthBytes = span.end - span.start;
  const differing = kernels.differingBlocks(result + span.start, base + span.start, lengthBytes, compareBlockBytes, blocks);
  if (differing === 0) return lengthBytes === 0 ? [] : [span];
  const ordinals = new DataView(kernels.bytes.buffer, blocks, 4 * differing);
  const runs: Span[] = [];
  let runStart = span.start;
  for (let index = 0; index < differing; ) {
    const first = ordinals.getUint32(4 * index, true);
    let last = first;
    for (index++; index < differing && ordinals.getUint32(4 * index, true) === last + 1; index++) last++;
    const differs = trimEqualEnds(memory, span.start + first * compareBlockBytes, Math.min(span.end, span.start + (last + 1) * compareBlockBytes));
    if (differs.start - runStart >= minRunBytes) runs.push({ start: runStart, end: differs.start });
    runStart = differs.end;
  }
  if (span.end - runStart >= minRunBytes) runs.push({ start: runStart, end: span.end });
  return runs;
}

/** Takes off what is equal at the start and the end of a stretch that differs somewhere. */
function trimEqualEnds({ kernels: { bytes }, result, base }: DeltaMemory, start: number, end: number): Span {
  let [first, last] = [start, end];
  while (bytes[result + first] === bytes[base + first]) first++;
  while (bytes[result + last - 1] === bytes[base + last - 1]) last--;
  return { start: first, end: last };
}
