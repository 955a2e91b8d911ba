import { createCipheriv, hash } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, lutimesSync, mkdirSync, openSync, closeSync, readSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import fc from 'fast-check';

/** One thing that happens to a tree. Impossible ones (a file below a file) do nothing. */
export interface TreeOperation {
  readonly kind: 'write' | 'mkdir' | 'symlink' | 'link' | 'remove' | 'rename' | 'chmod' | 'flip' | 'touch';
  readonly path: readonly number[];
  readonly otherPath: readonly number[];
  readonly seed: number;
}

const names = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c d'), Buffer.from('é'), Buffer.from([0xff, 0xfe, 0x01]), Buffer.from('.winre-kit-x.tmp')];
// Only root can look into what is closed, and the tests must.
const modes = process.getuid?.() === 0 ? [0o600, 0o755, 0o4711, 0o1777, 0o000] : [0o700, 0o755, 0o4711, 0o1777];
const sizes = [0, 1, 100, 4_096, 20_000, 300_000, 1_200_000];
const pathArbitrary = fc.array(fc.nat(names.length - 1), { minLength: 1, maxLength: 3 });

export const operationArbitrary: fc.Arbitrary<TreeOperation> = fc.record({
  kind: fc.constantFrom('write', 'write', 'write', 'mkdir', 'mkdir', 'symlink', 'link', 'remove', 'rename', 'chmod', 'flip', 'touch'),
  path: pathArbitrary,
  otherPath: pathArbitrary,
  seed: fc.nat(1_000_000),
});

/** Deterministic bytes that do not compress and do not repeat. */
export function seededBytes(seed: number, length: number): Buffer {
  return createCipheriv('aes-256-ctr', hash('sha256', String(seed), 'buffer'), Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Applies operations to a real directory. */
export function applyOperations(root: string, operations: readonly TreeOperation[]): void {
  for (const operation of operations) {
    try {
      applyOperation(root, operation);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
}

function applyOperation(root: string, { kind, path: indexes, otherPath, seed }: TreeOperation): void {
  const path = toPath(root, indexes);
  const other = toPath(root, otherPath);
  switch (kind) {
    case 'write':
      return writeFileSync(path, seededBytes(seed, sizes[seed % sizes.length] ?? 0), { flag: 'wx' });
    case 'mkdir':
      mkdirSync(path, { mode: 0o755 });
      return;
    case 'symlink':
      return symlinkSync(seed % 2 === 0 ? other : `../dangling/${seed}`, path);
    case 'link':
      return linkSync(path, other);
    case 'remove':
      return rmSync(path, { recursive: true });
    case 'rename':
      return renameSync(path, other);
    case 'chmod':
      return lstatSync(path).isSymbolicLink() ? undefined : chmodSync(path, modes[seed % modes.length] ?? 0o700);
    case 'touch':
      return lutimesSync(path, 1_600_000_000 + seed / 1e6, 1_600_000_000 + seed / 1e6);
    case 'flip':
      return flipByte(path, seed);
  }
}

/** Changes one byte and puts size and times back: what a bad update or an attacker would do. */
export function flipByte(path: string | Buffer, position: number): void {
  const before = lstatSync(path, { bigint: true });
  if (!before.isFile() || before.size === 0n) return;
  const descriptor = openSync(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    const offset = position % Number(before.size);
    readSync(descriptor, byte, 0, 1, offset);
    byte[0] = (byte[0] ?? 0) ^ 0x40;
    writeSync(descriptor, byte, 0, 1, offset);
  } finally {
    closeSync(descriptor);
  }
  // A Date would round to milliseconds.
  const seconds = (Number(before.mtimeNs / 1_000n) + 0.5) / 1e6;
  utimesSync(path, seconds, seconds);
}

function toPath(root: string, indexes: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(root), ...indexes.flatMap((index) => [Buffer.from('/'), names[index] ?? Buffer.from('a')])]);
}
