/**
 * The ordinals of the blocks in which two areas of the same length differ, ascending. Pure; the reference of the kernel.
 *
 * The last block is short when `blockBytes` does not divide the length.
 */
export function differingBlocks(left: Uint8Array, right: Uint8Array, blockBytes: number): number[] {
  const ordinals: number[] = [];
  for (let ordinal = 0; ordinal * blockBytes < left.length; ordinal++) {
    const start = ordinal * blockBytes;
    const end = start + blockBytes;
    if (Buffer.compare(left.subarray(start, end), right.subarray(start, end)) !== 0) ordinals.push(ordinal);
  }
  return ordinals;
}
