/**
 * Names on Windows are 16-bit units that need not make valid text: half of a surrogate pair may stand alone. WTF-8 writes them as
 * UTF-8 and gives such a half the three bytes that UTF-8 forbids, so every name has one spelling and comes back. Node's file system
 * calls speak it on Windows as long as names and paths are bytes; as text they would lose the halves.
 */

/** Writes 16-bit units as WTF-8; a pair of surrogates becomes one character of four bytes. */
export function encodeWtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), continuation(point));
    else if (point < 0x1_0000) bytes.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
    else bytes.push(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
  }
  return Uint8Array.from(bytes);
}

/** Reads WTF-8; `undefined` when the bytes are none: truncated, longer than needed, beyond Unicode, or a pair written as two halves. */
export function decodeWtf8(bytes: Uint8Array): string | undefined {
  const units: string[] = [];
  let previous = 0;
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) return undefined;
    let point = length === 1 ? first : first & (0xff >> (length + 1));
    for (let index = at + 1; index < at + length; index++) {
      const byte = bytes[index] ?? 0;
      if ((byte & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    if (point < (smallest[length] ?? 0) || point > 0x10_ffff || (isHigh(previous) && isLow(point))) return undefined;
    units.push(String.fromCodePoint(point));
    previous = point;
    at += length;
  }
  return units.join('');
}

/** Smallest code point that needs so many bytes. */
const smallest = [0, 0, 0x80, 0x800, 0x1_0000];

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

function isHigh(point: number): boolean {
  return point >= 0xd800 && point < 0xdc00;
}

function isLow(point: number): boolean {
  return point >= 0xdc00 && point < 0xe000;
}
