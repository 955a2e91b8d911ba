// The sieve-v1 scan for 64 positions a turn. What it computes is told in ../find-cut.ts, its reference.

import { bitsOf } from './bits-of.as';
import { looseFromBytesAt, cutByContentAt, keysAt, looseBitsAt, maxBytesAt, minBytesAt, multipliersAt, seedAt, strictBitsAt, targetAt } from './memory-layout.as';

/** More candidates than this in one turn are hardly an accident: the bytes repeat, and are looked at as a whole. */
const sparseCandidates: u64 = 2;
/** Runs and patterns of 1, 2, 3, 4, 6, 8, 12, 16, 24 or 48 bytes come again after so many. */
const period: usize = 48;

/** Sums over the two bytes that end at each of the 16 positions from `at`. */
// @ts-ignore: decorator
@inline
function sums2(at: usize, key: v128): v128 {
  const previous = v128.load(at - 1);
  return i8x16.add(v128.xor(v128.load(at), key), i8x16.add(previous, previous));
}

/** Sums over four bytes, from those over two at the same positions and at the 16 before. */
// @ts-ignore: decorator
@inline
function sums4(before: v128, now: v128, key: v128): v128 {
  const previous = i8x16.shuffle(before, now, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  return i8x16.add(v128.xor(now, key), i8x16.add(previous, previous));
}

/** Which sums over eight bytes are the target, from the sums over four at the same positions and at the 16 before. */
// @ts-ignore: decorator
@inline
function hits(before: v128, now: v128, key: v128, target: v128): v128 {
  const previous = i8x16.shuffle(before, now, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27);
  return i8x16.eq(i8x16.add(v128.xor(now, key), i8x16.add(previous, previous)), target);
}

/** One step of stage two: takes in the word at `offset` of the 32 bytes before `cut`. */
// @ts-ignore: decorator
@inline
function mixed(hash: u32, cut: usize, offset: usize): u32 {
  const product = (hash ^ load<u32>(cut - 32 + offset)) * load<u32>(multipliersAt + offset);
  return product ^ (product >> 16);
}

/** Stage two: whether the hash of the 32 bytes before `cut` lets it pass. */
// @ts-ignore: decorator
@inline
function passesStageTwo(cut: usize, shift: u32): bool {
  let hash = mixed(load<u32>(seedAt), cut, 0);
  hash = mixed(hash, cut, 4);
  hash = mixed(hash, cut, 8);
  hash = mixed(hash, cut, 12);
  hash = mixed(hash, cut, 16);
  hash = mixed(hash, cut, 20);
  hash = mixed(hash, cut, 24);
  hash = mixed(hash, cut, 28);
  return (hash * load<u32>(multipliersAt + 32)) >> shift == 0;
}

/** Eight equal bytes before `cut`: turned by one byte, they are what they were. */
// @ts-ignore: decorator
@inline
function isConstantWindow(cut: usize): bool {
  const window = load<u64>(cut - 8);
  return window == rotl(window, 8);
}

/** Which of the 16 positions from `at` end eight equal bytes. */
function constantWindows(at: usize): v128 {
  const newest = v128.load(at);
  let equal = i8x16.eq(newest, v128.load(at - 1));
  for (let back: usize = 2; back < 8; back++) equal = v128.and(equal, i8x16.eq(newest, v128.load(at - back)));
  return equal;
}

/** Whether all bytes that the windows of the 64 positions from `at` hold are the same as `period` bytes before. */
// @ts-ignore: decorator
@inline
function isRepetition(at: usize): bool {
  let differences = i8x16.splat(0);
  for (let seen = at - 32; seen < at + 64; seen += 16) differences = v128.or(differences, v128.xor(v128.load(seen), v128.load(seen - period)));
  return !v128.any_true(differences);
}

/** The first cut behind one of the 64 positions from `at` whose bit is set, else 0. */
// @ts-ignore: decorator
@inline
function firstCut(at: usize, candidates: u64, shift: u32): usize {
  let left = candidates;
  if (popcnt(left) > sparseCandidates) {
    left &= ~bitsOf(constantWindows(at), constantWindows(at + 16), constantWindows(at + 32), constantWindows(at + 48));
  }
  for (; left != 0; left &= left - 1) {
    const cut = at + (ctz(left) as usize) + 1;
    if (!isConstantWindow(cut) && passesStageTwo(cut, shift)) return cut;
  }
  return 0;
}

/**
 * The first cut right behind one of the positions from `from` up to `to`, else 0.
 *
 * The 84 bytes before either must be addresses; only the last 32 before a cut decide.
 */
function scan(from: usize, to: usize, shift: u32): usize {
  const key0 = v128.load8_splat(keysAt);
  const key1 = v128.load8_splat(keysAt + 1);
  const key2 = v128.load8_splat(keysAt + 2);
  const target = v128.load8_splat(targetAt);

  let at = from;
  let skipped: u64 = 0;
  // Each sum is computed once: a turn takes over what the one before computed last.
  let last2 = sums2(at - 16, key0);
  let last4 = sums4(sums2(at - 32, key0), last2, key1);
  while (at < to) {
    if (at + 64 > to) {
      // What is left is the end of a full turn, whose first positions have had theirs.
      skipped = (at + 64 - to) as u64;
      at = to - 64;
      last2 = sums2(at - 16, key0);
      last4 = sums4(sums2(at - 32, key0), last2, key1);
    }
    const first2 = sums2(at, key0);
    const first4 = sums4(last2, first2, key1);
    const first = hits(last4, first4, key2, target);
    const second2 = sums2(at + 16, key0);
    const second4 = sums4(first2, second2, key1);
    const second = hits(first4, second4, key2, target);
    const third2 = sums2(at + 32, key0);
    const third4 = sums4(second2, third2, key1);
    const third = hits(second4, third4, key2, target);
    last2 = sums2(at + 48, key0);
    last4 = sums4(third2, last2, key1);
    const fourth = hits(third4, last4, key2, target);

    if (v128.any_true(v128.or(v128.or(first, second), v128.or(third, fourth)))) {
      const candidates = bitsOf(first, second, third, fourth) & (~(0 as u64) << skipped);
      const cut = firstCut(at, candidates, shift);
      if (cut != 0) return cut;
      if (popcnt(candidates) > sparseCandidates && at + 128 <= to && isRepetition(at + 64)) {
        // Every window of the next turns was looked at in this one.
        do at += 64;
        while (at + 128 <= to && isRepetition(at + 64));
        last2 = sums2(at + 48, key0);
        last4 = sums4(sums2(at + 32, key0), last2, key1);
      }
    }
    at += 64;
  }
  return 0;
}

/** What `findCut` goes by from now on; nine multipliers come one by one. */
export function setSieve(minBytes: u32, looseFromBytes: u32, maxBytes: u32, strictBits: u32, looseBits: u32, key0: u32, key1: u32, key2: u32, target: u32, seed: u32): void {
  store<u32>(minBytesAt, minBytes);
  store<u32>(looseFromBytesAt, looseFromBytes);
  store<u32>(maxBytesAt, maxBytes);
  store<u32>(strictBitsAt, strictBits);
  store<u32>(looseBitsAt, looseBits);
  store<u8>(keysAt, key0);
  store<u8>(keysAt + 1, key1);
  store<u8>(keysAt + 2, key2);
  store<u8>(targetAt, target);
  store<u32>(seedAt, seed);
}

export function setMultiplier(ordinal: u32, value: u32): void {
  store<u32>(multipliersAt + 4 * ordinal, value);
}

/** Whether the content decided about the last cut. */
export function cutByContent(): u32 {
  return load<u32>(cutByContentAt);
}

/** Where the chunk from `start` ends; `cutByContent` says why. Every position from `start` to `end` is an address. */
export function findCut(start: usize, end: usize): usize {
  store<u32>(cutByContentAt, 0);
  const largest = start + load<u32>(maxBytesAt);
  const stop = end < largest ? end : largest;
  const first = start + load<u32>(minBytesAt);
  if (stop <= first) return stop;
  const looseFrom = start + load<u32>(looseFromBytesAt);
  const middle = looseFrom < stop ? looseFrom : stop;
  let cut = scan(first - 1, middle, 32 - load<u32>(strictBitsAt));
  if (cut == 0 && middle < stop) cut = scan(middle, stop, 32 - load<u32>(looseBitsAt));
  if (cut == 0) return stop;
  store<u32>(cutByContentAt, 1);
  return cut;
}
