import type { Bar } from './bar.ts';

const first = { work: 'image', step: 'first', measure: 'seconds' } as const;
const second = { work: 'image', step: 'second', measure: 'seconds' } as const;
const restore = { work: 'image', step: 'restore', measure: 'seconds' } as const;
const rollback = { work: 'image', step: 'rollback' } as const;
const raw = ['restic off', 'borg none'];
const packed = ['restic auto', 'borg lz4', 'casync zstd'];

/** The bars of the image, in the order of the report. */
const imageBars: readonly Bar[] = [
  { ...first, title: 'first snapshot, BLAKE3', ours: 'ours BLAKE3', against: 'restic off', beside: raw, atLeast: 8, limit: ['read', 'scan', 'blake3', 'write'] },
  { ...first, title: 'first snapshot, BLAKE3, against borg', ours: 'ours BLAKE3', against: 'borg none', atLeast: 4, limit: ['read', 'scan', 'blake3', 'write'] },
  { ...first, title: 'first snapshot, SHA-256', ours: 'ours SHA-256', against: 'restic off', beside: raw, atLeast: 6, limit: ['read', 'scan', 'sha256', 'write'] },
  { ...first, title: 'first snapshot, SHA-256, against borg', ours: 'ours SHA-256', against: 'borg none', atLeast: 4, limit: ['read', 'scan', 'sha256', 'write'] },
  { ...first, title: 'first snapshot, encrypted', ours: 'ours encrypted', against: 'restic off', beside: raw, atLeast: 5, limit: ['read', 'scan', 'blake3', 'encrypt', 'write'] },
  { ...first, title: 'first snapshot, zstd', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 3, limit: ['read', 'scan', 'blake3', 'zstd'] },
  { ...first, title: 'first snapshot, zstd, against borg', ours: 'ours zstd', against: 'borg lz4', atLeast: 2, limit: ['read', 'scan', 'blake3', 'zstd'] },
  { ...first, title: 'stored by the first snapshot, zstd', measure: 'storedBytes', ours: 'ours zstd', against: 'restic auto', beside: packed, atMost: 1.05 },
  { ...second, title: 'second version, BLAKE3', ours: 'ours BLAKE3', against: 'restic off', beside: raw, atLeast: 8, limit: ['read'] },
  { ...second, title: 'second version, zstd', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 8, limit: ['read'] },
  { ...second, title: 'added by the second version, zstd', measure: 'addedBytes', ours: 'ours zstd', against: 'restic auto', beside: packed, atMost: 0.22 },
  { ...second, title: 'added by the second version, against what changed', measure: 'addedBytes', ours: 'ours BLAKE3', against: 'changed bytes', beside: raw, atMost: 2.1 },
  { work: 'image', step: 'unchanged', measure: 'seconds', title: 'unchanged, every byte checked', ours: 'ours BLAKE3', against: 'plain read', beside: ['restic off', 'borg none', 'casync zstd'], atLeast: 0.5 },
  { ...restore, title: 'restore, zstd', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 2, limit: ['unzstd', 'blake3', 'write'] },
  { ...restore, title: 'restore, BLAKE3', ours: 'ours BLAKE3', against: 'restic off', beside: raw, atLeast: 4, limit: ['read', 'blake3', 'write'] },
  { ...restore, title: 'restore, SHA-256', ours: 'ours SHA-256', against: 'restic off', beside: raw, atLeast: 2.5, limit: ['read', 'sha256', 'write'] },
  { ...rollback, measure: 'seconds', title: 'rollback in place, BLAKE3', ours: 'ours BLAKE3', against: 'restic off', atLeast: 10, limit: ['read'] },
  { ...rollback, measure: 'seconds', title: 'rollback in place, zstd', ours: 'ours zstd', against: 'restic auto', atLeast: 10, limit: ['read'] },
  { ...rollback, measure: 'writtenBytes', title: 'written by the rollback, against what differs', ours: 'ours zstd', against: 'bytes that differ', atMost: 1.1 },
];

const tree = { work: 'tree', measure: 'seconds' } as const;

/** The bars of the tree of small files. */
const treeBars: readonly Bar[] = [
  { ...tree, step: 'first', title: 'small files, first, zstd', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 4 },
  { ...tree, step: 'first', title: 'small files, first, zstd, against borg', ours: 'ours zstd', against: 'borg lz4', atLeast: 4 },
  { ...tree, step: 'first', title: 'small files, first, BLAKE3', ours: 'ours BLAKE3', against: 'restic off', beside: raw, atLeast: 4 },
  { ...tree, step: 'first', title: 'small files, first, BLAKE3, against borg', ours: 'ours BLAKE3', against: 'borg none', atLeast: 4 },
  { ...tree, step: 'first', measure: 'storedBytes', title: 'small files, stored, zstd', ours: 'ours zstd', against: 'restic auto', beside: packed },
  { ...tree, step: 'unchanged', title: 'small files, unchanged by metadata', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 8 },
  { ...tree, step: 'unchanged, all read', title: 'small files, unchanged, every byte read', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 3 },
  { ...tree, step: 'second', title: 'small files, second version', ours: 'ours zstd', against: 'restic auto', beside: packed },
  { ...tree, step: 'restore', title: 'small files, restore', ours: 'ours zstd', against: 'restic auto', beside: packed, atLeast: 1.8 },
];

const disk = { work: 'disk', measure: 'seconds', ours: 'ours zstd', against: 'restic auto' } as const;

/** The same on a disk, where that was asked for: shown only. */
const diskBars: readonly Bar[] = [
  { ...disk, step: 'first', title: 'on disk: first snapshot, zstd' },
  { ...disk, step: 'unchanged', title: 'on disk: unchanged, every byte checked' },
  { ...disk, step: 'second', title: 'on disk: second version, zstd' },
  { ...disk, step: 'restore', title: 'on disk: restore, zstd' },
  { ...disk, step: 'rollback', title: 'on disk: rollback in place, zstd' },
];

/** Everything that is asked of the engine, in the order of the report. */
export const bars: readonly Bar[] = [
  ...imageBars,
  ...treeBars,
  { work: 'delta', step: 'create', measure: 'seconds', title: 'delta between the versions', ours: 'ours delta', against: 'xdelta3 -1', atLeast: 10, limit: ['read', 'read'] },
  { work: 'delta', step: 'create', measure: 'storedBytes', title: 'size of the delta', ours: 'ours delta', against: 'xdelta3 -1', atMost: 1.25 },
  { work: 'delta', step: 'apply', measure: 'seconds', title: 'applying the delta', ours: 'ours delta', against: 'xdelta3 -1' },
  { work: 'kernel', step: 'scan', measure: 'gigabytesPerSecond', title: 'boundary scan, one core', ours: 'ours kernel', atLeast: 4.2 },
  { work: 'kernel', step: 'slowest run', measure: 'gigabytesPerSecond', title: 'boundary scan of a run of one value, the slowest of 256', ours: 'ours kernel', atLeast: 2 },
  ...['8 KiB', '16 KiB', '32 KiB', '64 KiB'].map((average): Bar => ({
    work: 'kernel', step: `boundaries at ${average}`, measure: 'addedBytes', title: `new bytes by our boundaries at ${average}`, ours: 'ours kernel', against: 'FastCDC', atMost: 1.01,
  })),
  { work: 'index', step: '1 TiB', measure: 'bytesPerChunk', title: 'index of 1 TiB, bytes per chunk', ours: 'ours index', atMost: 20 },
  { work: 'index', step: '4 TiB', measure: 'bytesPerChunk', title: 'index of 4 TiB, bytes per chunk', ours: 'ours index', atMost: 20 },
  ...diskBars,
];
