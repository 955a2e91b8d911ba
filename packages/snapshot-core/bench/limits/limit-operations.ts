import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { createCipheriv } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createIdentity } from '../../src/hashing/create-identity.ts';
import { createKernels } from '../../src/kernels/create-kernels.ts';
import { imagePieces } from '../data/image-pieces.ts';

/** What a machine does at most, one thing at a time. */
export type LimitName = 'read' | 'write' | 'scan' | 'blake3' | 'sha256' | 'encrypt' | 'zstd' | 'unzstd';

/** Runs an operation once; answers how many bytes it got through. */
export type LimitOperation = () => number;

/** What the engine reads at once, and the size of a chunk. */
const windowBytes = 512 << 10;
const chunkBytes = 64 << 10;
const frameBytes = 1 << 20;
const writtenBytes = 64 << 20;

/** Makes every operation ready for one worker. @param path an image to read; @param scratchPath a file of the worker's own, which `write` creates and removes */
export async function createLimitOperations(path: string, scratchPath: string): Promise<Readonly<Record<LimitName, LimitOperation>>> {
  const sample = Buffer.concat(Array.from(imagePieces(1, 16 << 20), (piece) => Buffer.from(piece)));
  const chunks = split(sample, chunkBytes);
  const frames = split(sample, frameBytes);
  const compress = (frame: Uint8Array): Buffer => zstdCompressSync(frame, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const packed = frames.map(compress);
  const [blake3, sha256] = [await createIdentity('blake3'), await createIdentity('sha-256')];
  const over = (pieces: readonly Uint8Array[], run: (piece: Uint8Array) => unknown): LimitOperation => () => {
    for (const piece of pieces) run(piece);
    return sample.length;
  };
  const kernels = createKernels({ dataBytes: 2 * windowBytes });
  return {
    read: () => readOnce(path, kernels.bytes.subarray(kernels.dataStart, kernels.dataStart + windowBytes)),
    write: () => writeOnce(scratchPath, frames),
    scan: createScan(sample),
    blake3: over(chunks, (chunk) => blake3.identify(chunk)),
    sha256: over(chunks, (chunk) => sha256.identify(chunk)),
    encrypt: over(frames, (frame) => createCipheriv('aes-256-gcm', new Uint8Array(32), new Uint8Array(12)).update(frame)),
    zstd: over(frames, compress),
    unzstd: over(packed, (frame) => zstdDecompressSync(frame, { chunkSize: frameBytes })),
  };
}

/** Scans the sample where it lies in a kernel's memory, which fits the second-level cache no more than a real window does. */
function createScan(sample: Uint8Array): LimitOperation {
  const kernels = createKernels({ dataBytes: sample.length });
  kernels.setSieve(deriveSieveParameters(new Uint8Array(32).fill(7), chunkProfiles.volume));
  kernels.bytes.set(sample, kernels.dataStart);
  return () => {
    const end = kernels.dataStart + sample.length;
    for (let at = kernels.dataStart; at < end;) at = kernels.findCut(at, end);
    return sample.length;
  };
}

/** Reads a part of the image into the same small window again and again, as the engine does. */
function readOnce(path: string, window: Uint8Array): number {
  const file = openSync(path, 'r');
  try {
    let total = 0;
    for (let read = 1; read > 0 && total < 256 << 20; total += read) read = readSync(file, window);
    return total;
  } finally {
    closeSync(file);
  }
}

function writeOnce(path: string, frames: readonly Uint8Array[]): number {
  const file = openSync(path, 'w');
  try {
    for (let written = 0; written < writtenBytes;) for (const frame of frames) written += writeSync(file, frame);
    return writtenBytes;
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

function split(bytes: Uint8Array, pieceBytes: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes));
}
