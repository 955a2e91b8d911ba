import { expect, test } from 'vitest';
import type { FileEntry } from '../format/tree-entry.ts';
import type { FileFacts } from '../source/file-facts.ts';
import { decideFile, decideMetadata, decideRemoval, decideSymlink } from './decide-rollback.ts';

const facts: FileFacts = { type: 'file', mode: 0o644, userId: 0, groupId: 0, bytes: 10, allocatedBytes: 4_096, modifiedMicros: 5n, changedNanos: 5n, device: 1n, inode: 1n, linkCount: 1 };
const shared = { name: Buffer.from('x'), mode: 0o644, userId: 0, groupId: 0, size: 10, modifiedMicros: 5n, changedNanos: 1n, device: 9n, inode: 9n, linkCount: 1 };
const stored: FileEntry = { ...shared, type: 'file', torn: false, settled: true, sparse: false, content: { level: 0, references: [] } };
const large = { ...stored, size: 2_000_000 };
const ranges = [{ offset: 0, bytes: 4 }];

test.each([
  [undefined, 'none', 'delete'],
  [stored, 'none', 'keep'],
  [{ ...shared, type: 'symlink', target: Buffer.from('y') }, 'none', 'delete'],
  [{ ...shared, type: 'unread', reason: 'special' }, 'none', 'keep'],
  [undefined, 'repository', 'keep'],
  [undefined, 'other-file-system', 'blocked'],
] as const)('whether what is there has to go (%#)', (entry, guard, action) => {
  expect(decideRemoval(entry, facts, guard)).toMatchObject({ action, reason: expect.stringMatching(/./) });
});

test.each([
  ['missing', stored, undefined, { state: 'unreadable' }, 'none', 'create'],
  ['the same', stored, facts, { state: 'same' }, 'none', 'keep'],
  ['the same with another mode', stored, { ...facts, mode: 0o600 }, { state: 'same' }, 'none', 'set-metadata'],
  ['unreadable', stored, facts, { state: 'unreadable' }, 'none', 'replace'],
  ['small and different', stored, facts, { state: 'differs', ranges }, 'none', 'replace'],
  ['large and different', large, { ...facts, bytes: 2_000_000 }, { state: 'differs', ranges }, 'none', 'rewrite'],
  ['large, and its names belong together', large, { ...facts, bytes: 2_000_000 }, { state: 'differs', ranges }, 'as-stored', 'rewrite'],
  ['large, and a name is unknown', large, { ...facts, bytes: 2_000_000 }, { state: 'differs', ranges }, 'unknown-names', 'replace'],
  ['the same, and a name is unknown', stored, facts, { state: 'same' }, 'unknown-names', 'keep'],
  ['the same, and linked by mistake', stored, facts, { state: 'same' }, 'separate-in-snapshot', 'replace'],
] as const)('a file that is %s', (_, entry, present, difference, sharing, action) => {
  expect(decideFile(entry, present, difference, sharing)).toMatchObject({ action, reason: expect.stringMatching(/./) });
});

test('what is lost is counted in present bytes, what is written in stored ones', () => {
  expect(decideFile(large, { ...facts, bytes: 2_000_100 }, { state: 'differs', ranges }, 'none')).toMatchObject({ writeBytes: 4, lostBytes: 104 });
  expect(decideFile(stored, { ...facts, bytes: 2 }, { state: 'differs', ranges: [{ offset: 0, bytes: 10 }] }, 'none')).toMatchObject({ writeBytes: 10, lostBytes: 2 });
});

test('a symlink is compared by its target; its mode means nothing', () => {
  const link = { ...shared, type: 'symlink', mode: 0o777, target: Buffer.from('there') } as const;
  expect(decideSymlink(link, { ...facts, type: 'symlink' }, Buffer.from('there'))).toMatchObject({ action: 'keep' });
  expect(decideSymlink(link, { ...facts, type: 'symlink' }, Buffer.from('elsewhere'))).toMatchObject({ action: 'replace' });
  expect(decideSymlink(link, undefined, undefined)).toMatchObject({ action: 'create' });
  expect(decideMetadata(stored, { ...facts, mode: 0, userId: 1, modifiedMicros: 0n })).toMatchObject({ action: 'set-metadata', metadata: ['mode', 'owner', 'time'] });
});
