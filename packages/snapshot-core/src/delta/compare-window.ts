import { compareBlockBytes, type DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import { findEqualRuns, type Span } from './find-equal-runs.ts';

/** A stretch of a window of the result, and what it is: bytes of the base at a shift, zero bytes, or new ones. */
export interface WindowPart extends Span {
  readonly kind: 'copy' | 'zeros' | 'new';
  /** For copies: base position minus result position. */
  readonly shift: number;
}

/** Shorter unmatched stretches are not looked for at other shifts. */
const minSearchedBytes = compareBlockBytes;

/**
 * Says of every byte of a window where it comes from, trying the shifts in their order on what is still unmatched.
 *
 * The window's bytes must lie at `memory.result`; what lies at `memory.base` is overwritten.
 *
 * @param start position of the window in the result
 * @returns parts that cover the window without gaps, in order; positions are relative to the window
 */
export async function compareWindow(memory: DeltaMemory, base: EndReader, start: number, lengthBytes: number, shifts: readonly number[]): Promise<WindowPart[]> {
  const parts: WindowPart[] = [];
  let unmatched: Span[] = [{ start: 0, end: lengthBytes }];
  for (const [index, shift] of shifts.entries()) {
    const searched: Span[] = [];
    for (const span of unmatched) {
      const matches = index > 0 && span.end - span.start < minSearchedBytes ? [] : await matchAt(memory, base, start, span, shift);
      for (const match of matches) parts.push({ ...match, kind: 'copy', shift });
      searched.push(...without(span, matches));
    }
    unmatched = searched;
    if (unmatched.every((span) => span.end - span.start < minSearchedBytes)) break;
  }
  for (const span of unmatched) {
    const zeros = zeroRuns(memory, span);
    for (const zero of zeros) parts.push({ ...zero, kind: 'zeros', shift: 0 });
    for (const rest of without(span, zeros)) parts.push({ ...rest, kind: 'new', shift: 0 });
  }
  return parts.toSorted((left, right) => left.start - right.start);
}

async function matchAt(memory: DeltaMemory, base: EndReader, start: number, span: Span, shift: number): Promise<Span[]> {
  const first = Math.max(span.start, -(start + shift));
  const last = Math.min(span.end, base.bytes - start - shift);
  if (last <= first) return [];
  const pending = base.read(start + first + shift, memory.kernels.bytes.subarray(memory.base + first, memory.base + last));
  if (pending) await pending;
  return findEqualRuns(memory, { start: first, end: last });
}

/** Runs of whole blocks that are zero. */
function zeroRuns({ kernels, result }: DeltaMemory, span: Span): Span[] {
  const runs: Span[] = [];
  for (let start = span.start; start + compareBlockBytes <= span.end; start += compareBlockBytes) {
    if (!kernels.isAllZero(result + start, compareBlockBytes)) continue;
    const previous = runs.at(-1);
    if (previous?.end === start) runs[runs.length - 1] = { start: previous.start, end: start + compareBlockBytes };
    else runs.push({ start, end: start + compareBlockBytes });
  }
  return runs;
}

/** What is left of a span without some runs in it, which are ascending. */
function without(span: Span, runs: readonly Span[]): Span[] {
  const rest: Span[] = [];
  let start = span.start;
  for (const run of runs) {
    if (run.start > start) rest.push({ start, end: run.start });
    start = run.end;
  }
  if (span.end > start) rest.push({ start, end: span.end });
  return rest;
}
