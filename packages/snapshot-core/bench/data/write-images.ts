import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { imagePieces } from './image-pieces.ts';
import type { ImageEdits, Overwrite } from './plan-image-edits.ts';

/** Keeps the files that edits bring in apart from those of the first version: they are of the same language. */
const firstNewOrdinal = 2 ** 24;
const copyBytes = 4 << 20;

/** Writes the first version of the image. An existing file is replaced. */
export function writeImage(path: string, seed: number, bytes: number): void {
  writeTo(path, 'w', (file) => {
    for (const piece of imagePieces(seed, bytes)) writeWhole(file, piece);
  });
}

/** Writes the second version next to the first: overwrites, the insertion, what is appended. */
export function writeEditedImage(firstPath: string, path: string, seed: number, edits: ImageEdits): void {
  const fresh = freshBytes(seed, edits.changedBytes);
  const buffer = new Uint8Array(copyBytes);
  const old = openSync(firstPath, 'r');
  try {
    writeTo(path, 'w', (file) => {
      let at = 0;
      const events = [...edits.overwrites.map((overwrite) => ({ ...overwrite, replaces: true })), { ...edits.insertion, replaces: false }];
      for (const { offset, bytes, replaces } of events.toSorted((left, right) => left.offset - right.offset)) {
        // An insertion that would fall into an overwritten stretch comes right behind it.
        copyRange(old, file, at, offset, buffer);
        writeWhole(file, fresh(bytes));
        at = Math.max(at, offset) + (replaces ? bytes : 0);
      }
      copyRange(old, file, at, edits.imageBytes, buffer);
      writeWhole(file, fresh(edits.appendedBytes));
    });
  } finally {
    closeSync(old);
  }
}

/** Overwrites stretches of an image in place, as if it had been used since; sizes stay. */
export function overwriteImage(path: string, seed: number, overwrites: readonly Overwrite[]): void {
  const fresh = freshBytes(seed, overwrites.reduce((sum, { bytes }) => sum + bytes, 0));
  writeTo(path, 'r+', (file) => {
    for (const { offset, bytes } of overwrites) writeSync(file, fresh(bytes), 0, bytes, offset);
  });
}

/** Makes `path` a sparse file of `bytes` with one made-up file at every multiple of `stepBytes`, and holes between them. */
export function writeSparseImage(path: string, seed: number, bytes: number, stepBytes: number): void {
  writeTo(path, 'w', (file) => {
    ftruncateSync(file, bytes);
    const pieces = imagePieces(seed, bytes);
    for (let offset = 0; offset < bytes; offset += stepBytes) {
      const piece = pieces.next();
      if (!piece.done) writeSync(file, piece.value, 0, Math.min(piece.value.length, bytes - offset), offset);
    }
  });
}

/** Takes the next bytes of a stream of new content; the answer is valid until the next call. */
function freshBytes(seed: number, totalBytes: number): (bytes: number) => Uint8Array {
  const pieces = imagePieces(seed, totalBytes, firstNewOrdinal);
  let left: Uint8Array = new Uint8Array(0);
  return (bytes) => {
    const taken = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      if (left.length === 0) {
        const next = pieces.next();
        if (next.done) break;
        left = next.value;
      }
      const part = left.subarray(0, bytes - at);
      taken.set(part, at);
      left = left.subarray(part.length);
      at += part.length;
    }
    return taken;
  };
}

function copyRange(from: number, to: number, start: number, end: number, buffer: Uint8Array): void {
  for (let at = start; at < end;) {
    const read = readSync(from, buffer, 0, Math.min(buffer.length, end - at), at);
    if (read === 0) throw new Error(`the first version of the image ends at ${at}, before ${end}`);
    writeWhole(to, buffer.subarray(0, read));
    at += read;
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at);
}

function writeTo(path: string, flags: 'w' | 'r+', write: (file: number) => void): void {
  const file = openSync(path, flags);
  try {
    write(file);
  } finally {
    closeSync(file);
  }
}
