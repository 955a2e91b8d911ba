// 128 bytes a turn, one test.

export function isAllZero(start: usize, lengthBytes: usize): bool {
  const end = start + lengthBytes;
  let at = start;
  for (; at + 128 <= end; at += 128) {
    const first = v128.or(v128.or(v128.load(at), v128.load(at, 16)), v128.or(v128.load(at, 32), v128.load(at, 48)));
    const second = v128.or(v128.or(v128.load(at, 64), v128.load(at, 80)), v128.or(v128.load(at, 96), v128.load(at, 112)));
    if (v128.any_true(v128.or(first, second))) return false;
  }
  for (; at < end; at++) if (load<u8>(at) != 0) return false;
  return true;
}
