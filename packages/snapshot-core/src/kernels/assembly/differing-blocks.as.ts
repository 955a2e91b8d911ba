// 128 bytes a turn, one test; a block is left at its first difference.

// @ts-ignore: decorator
@inline
function differ16(left: usize, right: usize): v128 {
  return v128.xor(v128.load(left), v128.load(right));
}

// @ts-ignore: decorator
@inline
function differ64(left: usize, right: usize): v128 {
  return v128.or(
    v128.or(differ16(left, right), differ16(left + 16, right + 16)),
    v128.or(differ16(left + 32, right + 32), differ16(left + 48, right + 48)),
  );
}

function isDifferent(left: usize, right: usize, lengthBytes: usize): bool {
  let at: usize = 0;
  for (; at + 128 <= lengthBytes; at += 128) {
    if (v128.any_true(v128.or(differ64(left + at, right + at), differ64(left + at + 64, right + at + 64)))) return true;
  }
  for (; at < lengthBytes; at++) if (load<u8>(left + at) != load<u8>(right + at)) return true;
  return false;
}

export function differingBlocks(left: usize, right: usize, lengthBytes: usize, blockBytes: usize, out: usize): u32 {
  let count: u32 = 0;
  let ordinal: u32 = 0;
  for (let at: usize = 0; at < lengthBytes; at += blockBytes) {
    const length = lengthBytes - at < blockBytes ? lengthBytes - at : blockBytes;
    if (isDifferent(left + at, right + at, length)) {
      store<u32>(out + 4 * count, ordinal);
      count++;
    }
    ordinal++;
  }
  return count;
}
