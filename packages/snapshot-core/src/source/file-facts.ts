import type { BigIntStats } from 'node:fs';

/** What kind of thing a name stands for. `special` is a fifo, socket or device: never opened. */
export type FileType = 'file' | 'directory' | 'symlink' | 'special';

/** What the file system says about one name, without following a symlink. */
export interface FileFacts {
  readonly type: FileType;
  /** Permission bits with set-id and sticky, `0o0000` to `0o7777`. */
  readonly mode: number;
  readonly userId: number;
  readonly groupId: number;
  readonly bytes: number;
  /** Room it takes; less than `bytes` when it has holes, or is compressed by the file system. */
  readonly allocatedBytes: number;
  /** Microseconds since 1970, rounded down: what Node can set again. */
  readonly modifiedMicros: bigint;
  /** Nanoseconds since 1970; nobody can set it, so it betrays a change that kept the other times. */
  readonly changedNanos: bigint;
  readonly device: bigint;
  readonly inode: bigint;
  readonly linkCount: number;
}

/** Translates `lstat` or `fstat` (taken with `bigint: true`). */
export function factsFromStats(stats: BigIntStats): FileFacts {
  return {
    type: typeOf(stats),
    mode: Number(stats.mode & 0o7777n),
    userId: Number(stats.uid),
    groupId: Number(stats.gid),
    bytes: Number(stats.size),
    allocatedBytes: Number(stats.blocks) * 512,
    modifiedMicros: floorDivide(stats.mtimeNs, 1_000n),
    changedNanos: stats.ctimeNs,
    device: stats.dev,
    inode: stats.ino,
    linkCount: Number(stats.nlink),
  };
}

/** True when nothing was written to the file between the two looks, as far as the file system tells. */
export function sameVersion(before: FileFacts, after: BigIntStats): boolean {
  return before.changedNanos === after.ctimeNs && before.bytes === Number(after.size) && before.inode === after.ino && before.device === after.dev
    && before.modifiedMicros === floorDivide(after.mtimeNs, 1_000n) && before.type === typeOf(after);
}

/** True when both are the same file, whatever it holds: device and inode. */
export function sameFile(left: FileId, right: FileId): boolean {
  return left.inode === right.inode && left.device === right.device;
}

/** Names one file on this machine, whatever its path. */
export type FileId = Pick<FileFacts, 'device' | 'inode'>;

/** A key for maps and sets of file ids. */
export function fileIdKey(id: FileId): string {
  return `${id.device}:${id.inode}`;
}

function typeOf(stats: BigIntStats): FileType {
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'special';
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  return value < 0n && quotient * divisor !== value ? quotient - 1n : quotient;
}
