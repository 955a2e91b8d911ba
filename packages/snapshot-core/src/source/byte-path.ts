import { encodeWtf8 } from '../format/wtf8.ts';

/**
 * Compares two names byte by byte, the order of every listing in this package.
 *
 * Names are bytes, not text: two names that look alike in one locale stay two names.
 */
export function compareNames(left: Uint8Array, right: Uint8Array): number {
  return Buffer.compare(left, right);
}

/** Joins a directory's path (empty for the root) and a name with one `/`. */
export function joinPath(directory: Uint8Array, name: Uint8Array): Uint8Array {
  if (directory.length === 0) return name;
  const joined = new Uint8Array(directory.length + 1 + name.length);
  joined.set(directory);
  joined[directory.length] = slash;
  joined.set(name, directory.length + 1);
  return joined;
}

/** Compares two relative paths name by name: a directory comes before everything in it, and all of that before the next name. */
export function comparePaths(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [left[at] ?? 0, right[at] ?? 0];
    // The slash ends a name, and so comes before every byte that goes on with one.
    if (a !== b) return a === slash ? -1 : b === slash ? 1 : a - b;
  }
  return left.length - right.length;
}

/** Splits a relative path at `/`; empty parts are dropped, so `a//b/` is `a`, `b`. Text is taken as WTF-8, which is UTF-8 but for names that only Windows has. */
export function splitPath(path: string | Uint8Array): Uint8Array[] {
  const bytes = typeof path === 'string' ? encodeWtf8(path) : path;
  const names: Uint8Array[] = [];
  let start = 0;
  for (let end = 0; end <= bytes.length; end++) {
    if (end < bytes.length && bytes[end] !== slash) continue;
    if (end > start) names.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return names;
}

/**
 * A path as text for people: valid UTF-8 as it is, every other byte and every control character as `\xNN`.
 *
 * Safe to print to a terminal; not meant to be parsed back (use the bytes).
 */
export function displayPath(path: Uint8Array): string {
  const text = Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString('utf8');
  if (Buffer.from(text, 'utf8').equals(path)) return text.replace(controlCharacters, escapeCharacter);
  return Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString('latin1').replace(notPrintableAscii, escapeCharacter);
}

const slash = 0x2f;
const controlCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const notPrintableAscii = /[^\x20-\x7e]/g;

function escapeCharacter(character: string): string {
  return [...Buffer.from(character, character.length === 1 && character < '\u0100' ? 'latin1' : 'utf8')]
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
