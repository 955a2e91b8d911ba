import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const pieceBytes = 4 << 20;
const blockBytes = 4096;

/** Bytes in 4 KiB blocks that differ between two files, and what one is longer than the other; 0 means the same. */
export function differingBytes(left: string, right: string): number {
  const files = [openSync(left, 'r'), openSync(right, 'r')] as const;
  try {
    const pieces = [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)] as const;
    const [leftBytes, rightBytes] = [fstatSync(files[0]).size, fstatSync(files[1]).size];
    let differing = Math.abs(leftBytes - rightBytes);
    for (let at = 0; at < Math.min(leftBytes, rightBytes); at += pieceBytes) {
      const length = Math.min(pieceBytes, leftBytes - at, rightBytes - at);
      const [a, b] = [readWhole(files[0], pieces[0], length, at), readWhole(files[1], pieces[1], length, at)];
      if (Buffer.compare(a, b) !== 0) differing += differingInPiece(a, b);
    }
    return differing;
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** The first path that is not in both trees with the same bytes, or undefined when they are the same. */
export function firstDifference(left: string, right: string): string | undefined {
  const [leftPaths, rightPaths] = [listFiles(left), listFiles(right)];
  for (let at = 0; at < Math.max(leftPaths.length, rightPaths.length); at += 1) {
    const [path, other] = [leftPaths[at], rightPaths[at]];
    if (path === undefined || path !== other) return path ?? other;
    if (!readFileSync(join(left, path)).equals(readFileSync(join(right, path)))) return path;
  }
  return undefined;
}

function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(root.length + 1))
    .toSorted();
}

function differingInPiece(left: Uint8Array, right: Uint8Array): number {
  let differing = 0;
  for (let at = 0; at < left.length; at += blockBytes) {
    const end = Math.min(at + blockBytes, left.length);
    if (Buffer.compare(left.subarray(at, end), right.subarray(at, end)) !== 0) differing += end - at;
  }
  return differing;
}

function readWhole(file: number, into: Uint8Array, length: number, position: number): Uint8Array {
  for (let at = 0; at < length;) {
    const read = readSync(file, into, at, length - at, position + at);
    if (read === 0) throw new Error('a file became shorter while it was compared');
    at += read;
  }
  return into.subarray(0, length);
}
