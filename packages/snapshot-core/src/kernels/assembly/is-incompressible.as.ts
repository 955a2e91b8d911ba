// The probe of ../is-incompressible.ts, step for step; what each step is for is told there.

import { bitsOf } from './bits-of.as';
import { scratchAt, scratchBytes } from './memory-layout.as';

// @ts-ignore: decorator
@inline
function count(slotAt: u32): void {
  store<u32>(scratchAt + slotAt, load<u32>(scratchAt + slotAt) + 1);
}

function isEven(start: usize, lengthBytes: usize): bool {
  memory.fill(scratchAt, 0, scratchBytes);
  const stripes = lengthBytes >> 10 > 32 ? lengthBytes >> 10 : 32;
  const stride = (lengthBytes / stripes > 64 ? lengthBytes / stripes : 64) | 16;
  let sampledBytes: u64 = 0;
  for (let stripe: usize = 0; stripe < lengthBytes; stripe += stride) {
    const end = stripe + 64 < lengthBytes ? stripe + 64 : lengthBytes;
    let at = start + stripe;
    // Four tables take turns, so that a value need not wait until its neighbour, perhaps the same, is counted.
    for (; at + 4 <= start + end; at += 4) {
      const bytes = load<u32>(at);
      count((bytes & 255) << 2);
      count((((bytes >> 8) & 255) << 2) + 1024);
      count((((bytes >> 16) & 255) << 2) + 2048);
      count(((bytes >> 24) << 2) + 3072);
    }
    for (; at < start + end; at++) count((load<u8>(at) as u32) << 2);
    sampledBytes += end - stripe;
  }
  let sums = i64x2.splat(0);
  for (let at = scratchAt; at < scratchAt + 1024; at += 16) {
    const times = i32x4.add(i32x4.add(v128.load(at), v128.load(at, 1024)), i32x4.add(v128.load(at, 2048), v128.load(at, 3072)));
    sums = i64x2.add(sums, i64x2.add(i64x2.extmul_low_i32x4_u(times, times), i64x2.extmul_high_i32x4_u(times, times)));
  }
  const squares = (i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1)) as u64;
  const unevenness = 256 * squares - sampledBytes * sampledBytes;
  const tolerated = sampledBytes >> 5 > 128 ? sampledBytes >> 5 : 128;
  return unevenness < sampledBytes * (255 + tolerated) && unevenness > sampledBytes * (255 - 128);
}

// @ts-ignore: decorator
@inline
function marks(at: usize): v128 {
  return i8x16.eq(v128.xor(v128.load(at), v128.load(at - 1)), i8x16.splat(0x9d as i8));
}

function hasRepeats(start: usize, lengthBytes: usize): bool {
  memory.fill(scratchAt, 0, scratchBytes);
  const limit: usize = (lengthBytes >> 14) + 1;
  let repeats: usize = 0;
  const end = start + lengthBytes;
  for (let stretch = start; stretch < end; stretch += 4096) {
    const stretchEnd = stretch + 2048 + 9 < end ? stretch + 2048 + 9 : end;
    for (let at = stretch + 1; at + 64 + 8 <= stretchEnd; at += 64) {
      const first = marks(at);
      const second = marks(at + 16);
      const third = marks(at + 32);
      const fourth = marks(at + 48);
      if (!v128.any_true(v128.or(v128.or(first, second), v128.or(third, fourth)))) continue;
      for (let places = bitsOf(first, second, third, fourth); places != 0; places &= places - 1) {
        const place = at + (ctz(places) as usize);
        const what = (load<u32>(place, 1) ^ (load<u32>(place, 5) * 0x9e3779b1)) * 0x85ebca6b;
        const slotAt = scratchAt + ((what >> 22) << 2);
        if (load<u32>(slotAt) != what) store<u32>(slotAt, what);
        else if (++repeats >= limit) return true;
      }
    }
  }
  return false;
}

export function isIncompressible(start: usize, lengthBytes: usize): bool {
  return isEven(start, lengthBytes) && !hasRepeats(start, lengthBytes);
}
