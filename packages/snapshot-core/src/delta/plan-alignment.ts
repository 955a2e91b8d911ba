import type { AlignmentHint } from './alignment.ts';
import { AnchorCollector, type AnchorTable } from './anchor-table.ts';
import type { DeltaMemory } from './delta-memory.ts';
import type { EndReader } from './end-reader.ts';
import { scanAnchors } from './scan-anchors.ts';
import { confirmHints, mergeHints, searchBase } from './search-base.ts';

/** Where the result seems to stand in the base. */
export interface Alignment {
  /** Ascending by position; the first stands at 0. */
  readonly hints: readonly AlignmentHint[];
  /** Probes of the result that were found nowhere near, ascending. */
  readonly lost: readonly number[];
}

/** One probe in so many bytes. */
export const probeStepBytes = 1_048_576;
const probeBytes = 4_096;
const stretchBytes = 67_108_864;
/** So many lost probes in one stretch are worth a search around it; fewer are overwritten blocks. */
const minLostProbes = 4;
/** How far around a stretch is searched: nearby first, because most insertions are small. */
const searchRadii = [8_388_608, 67_108_864];
const maxKnownShifts = 16;
const maxAnchors = 262_144;

/**
 * Finds out which shifts turn the result's positions into the base's, reading little: a probe in every mebibyte, and the base
 * around those places where probes fail.
 */
export async function planAlignment(memory: DeltaMemory, base: EndReader, result: EndReader, throwIfAborted: () => void): Promise<Alignment> {
  const prober = new Prober(base, result);
  const hints: AlignmentHint[] = [];
  const lost: number[] = [];
  for (let start = 0; start < result.bytes; start += stretchBytes) {
    const end = Math.min(result.bytes, start + stretchBytes);
    let stillLost: number[] = [];
    for (let position = start; position < end; position += probeStepBytes) {
      throwIfAborted();
      const shift = await prober.probe(position);
      if (shift === 'nowhere') stillLost.push(position);
      else if (shift !== 'anywhere') hints.push({ position, shift });
    }
    if (stillLost.length >= minLostProbes) stillLost = await searchAround(stillLost, end);
    lost.push(...stillLost);
  }
  return { hints: mergeHints([{ position: 0, shift: 0 }, ...hints]), lost };

  async function searchAround(positions: readonly number[], end: number): Promise<number[]> {
    const table = await anchorsAt(memory, result, positions);
    let left = positions;
    for (const radius of searchRadii) {
      throwIfAborted();
      const [low, high] = [(positions[0] as number) + prober.latestShift - radius, end + prober.latestShift + radius];
      const found = await searchBase(memory, base, Math.max(0, low), Math.min(base.bytes, high), table);
      for (const hint of confirmHints(found)) {
        hints.push(hint);
        prober.learn(hint.shift);
      }
      const next: number[] = [];
      for (const position of left) {
        const shift = await prober.probe(position);
        if (shift === 'nowhere') next.push(position);
        else if (shift !== 'anywhere') hints.push({ position, shift });
      }
      left = next;
      if (left.length < minLostProbes) break;
    }
    return [...left];
  }
}

/** The anchors of the result around some of its positions. */
export async function anchorsAt(memory: DeltaMemory, result: EndReader, positions: readonly number[]): Promise<AnchorTable> {
  const collector = new AnchorCollector(maxAnchors);
  for (const position of positions) await scanAnchors(memory, result, position, Math.min(result.bytes, position + probeStepBytes / 4), (anchor) => collector.add(anchor));
  return collector.finish();
}

/** Tries the shifts that held before, the latest first. */
class Prober {
  readonly #base: EndReader;
  readonly #result: EndReader;
  readonly #wanted = Buffer.alloc(probeBytes);
  readonly #found = Buffer.alloc(probeBytes);
  #shifts: number[];

  constructor(base: EndReader, result: EndReader) {
    this.#base = base;
    this.#result = result;
    // Nothing moved; or everything did, by what was put in near the start.
    this.#shifts = [0, base.bytes - result.bytes];
  }

  get latestShift(): number {
    return this.#shifts[0] ?? 0;
  }

  learn(shift: number): void {
    this.#shifts = [shift, ...this.#shifts.filter((known) => known !== shift)].slice(0, maxKnownShifts);
  }

  /** @returns the shift at which the bytes are found; `anywhere` for bytes that are all the same; `nowhere` */
  async probe(position: number): Promise<number | 'anywhere' | 'nowhere'> {
    const wanted = this.#wanted.subarray(0, Math.min(probeBytes, this.#result.bytes - position));
    await this.#result.read(position, wanted);
    if (wanted.length < 2 || wanted.compare(wanted, 1, wanted.length, 0, wanted.length - 1) === 0) return 'anywhere';
    for (const shift of this.#shifts) {
      const from = position + shift;
      if (from < 0 || from + wanted.length > this.#base.bytes) continue;
      const found = this.#found.subarray(0, wanted.length);
      await this.#base.read(from, found);
      if (!found.equals(wanted)) continue;
      this.learn(shift);
      return shift;
    }
    return 'nowhere';
  }
}
