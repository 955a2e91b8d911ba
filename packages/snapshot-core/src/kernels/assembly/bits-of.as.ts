/** One bit for each of 64 positions, the first in the lowest bit. */
// @ts-ignore: decorator
@inline
export function bitsOf(first: v128, second: v128, third: v128, fourth: v128): u64 {
  return (
    (i8x16.bitmask(first) as u32 as u64) |
    ((i8x16.bitmask(second) as u32 as u64) << 16) |
    ((i8x16.bitmask(third) as u32 as u64) << 32) |
    ((i8x16.bitmask(fourth) as u32 as u64) << 48)
  );
}
