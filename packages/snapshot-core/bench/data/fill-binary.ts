import type { Random } from './create-random.ts';

const blockCount = 256;
const blockBytes = 32;

/**
 * Fills `target` with what compresses like programs: blocks of instructions that come back with other operands, tables of
 * addresses that grow by small steps, and stretches of one byte between sections.
 */
export function fillBinary(target: Uint8Array, random: Random): void {
  const blocks = new Uint8Array(blockCount * blockBytes);
  random.fillBytes(blocks);
  let at = 0;
  while (at < target.length) {
    const bits = random.word();
    const sectionEnd = Math.min(at + 512 + ((bits >>> 8) & 0x1fff), target.length);
    const kind = bits & 15;
    if (kind === 0) target.fill((bits & 16) === 0 ? 0 : 0xcc, at, sectionEnd);
    else if (kind < 3) fillTable(target, at, sectionEnd, random);
    else fillInstructions(target, at, sectionEnd, random, blocks);
    at = sectionEnd;
  }
}

/** Addresses in little-endian 64 bits, each a small step above the last. */
function fillTable(target: Uint8Array, from: number, end: number, random: Random): void {
  let address = random.word() >>> 4;
  for (let at = from; at < end; at += 8) {
    address += ((random.word() & 15) + 1) * 8;
    target[at] = address;
    target[at + 1] = address >>> 8;
    target[at + 2] = address >>> 16;
    target[at + 3] = address >>> 24;
    target.fill(0, at + 4, Math.min(at + 8, end));
  }
}

/** A block, common ones more often than rare ones, and what is its own this time: one to four bytes. */
function fillInstructions(target: Uint8Array, from: number, end: number, random: Random, blocks: Uint8Array): void {
  for (let at = from; at < end;) {
    let bits = random.word();
    const block = ((bits & (blockCount - 1)) >>> ((bits >>> 8) & 3)) * blockBytes;
    const length = 9 + ((blocks[block] as number) & 15);
    for (let byte = 0; byte < length; byte += 1) target[at + byte] = blocks[block + byte] as number;
    at += length;
    for (let own = 1 + ((bits >>> 10) & 3); own > 0; own -= 1) {
      bits >>>= 8;
      target[at] = bits;
      at += 1;
    }
  }
}
