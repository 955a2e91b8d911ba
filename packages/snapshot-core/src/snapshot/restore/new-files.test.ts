import { closeSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAsNobody } from '../../../test/support/run-as-nobody.ts';
import { scratchDirectory } from '../../../test/support/scratch.ts';
import { openDirectory, pathsIn } from '../../source/directory-handle.ts';
import type { UnitFile } from './file-unit.ts';
import { NewFiles } from './new-files.ts';

const owner = { userId: process.getuid?.() ?? 0, groupId: process.getgid?.() ?? 0 };
const content = Buffer.from('content');

function file(name: string, more: Partial<UnitFile> = {}): UnitFile {
  return { directory: 0, name: Buffer.from(name), mode: 0o640, ...owner, modifiedMicros: 1_500_000_000_123_456, size: content.length, sparse: false, chunkCount: 1, ...more };
}

function newFilesIn(path: string): { readonly write: (wanted: UnitFile) => readonly string[]; readonly close: () => void } {
  const handle = openDirectory(path);
  const files = new NewFiles(pathsIn(handle.link));
  return {
    write(wanted) {
      const { descriptor, refused } = files.write(wanted, content);
      closeSync(descriptor);
      return refused;
    },
    close: () => handle.close(),
  };
}

test('every file gets its mode and time, those whose mode the system changes too, the first of a kind and the next', () => {
  const path = scratchDirectory();
  const files = newFilesIn(path);
  const modes = [0o640, 0o666, 0o666, 0o777, 0o4755, 0o2711, 0o000, 0o4755, 0o600, 0o666, 0o000];
  for (const [index, mode] of modes.entries()) expect(files.write(file(`file-${index}`, { mode }))).toEqual([]);
  files.close();
  const facts = modes.map((_, index) => statSync(join(path, `file-${index}`), { bigint: true }));
  expect(facts.map(({ mode }) => Number(mode & 0o7777n))).toEqual(modes);
  expect(new Set(facts.map(({ mtimeNs }) => mtimeNs / 1_000n))).toEqual(new Set([1_500_000_000_123_456n]));
});

test('owner and group of each file are its own, whatever the files before had', { skip: owner.userId !== 0 }, () => {
  const path = scratchDirectory();
  const files = newFilesIn(path);
  const owners = [[0, 0], [12, 0], [0, 34], [0, 0], [12, 34], [0, 0]] as const;
  for (const [index, [userId, groupId]] of owners.entries()) expect(files.write(file(`file-${index}`, { userId, groupId, mode: 0o4750 }))).toEqual([]);
  files.close();
  const facts = owners.map((_, index) => statSync(join(path, `file-${index}`)));
  expect(facts.map(({ uid, gid, mode }) => [uid, gid, mode & 0o7777])).toEqual(owners.map(([userId, groupId]) => [userId, groupId, 0o4750]));
});

test('a taken name is refused and stays, and a file that cannot be written leaves nothing', () => {
  const path = scratchDirectory();
  writeFileSync(join(path, 'theirs'), 'theirs');
  mkdirSync(join(path, 'directory'));
  const files = newFilesIn(path);
  expect(() => files.write(file('theirs'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(() => files.write(file('sparse', { sparse: true, size: -1 }))).not.toThrow();
  expect(() => files.write(file('endless', { sparse: true, size: 2 ** 63 }))).toThrow(expect.objectContaining({ code: expect.stringMatching(/EINVAL|EFBIG|ERR_OUT_OF_RANGE/) }));
  files.close();
  expect(readFileSync(join(path, 'theirs'), 'utf8')).toBe('theirs');
  expect(readdirSync(path)).not.toContain('endless');
});

test('what the target refuses is told, and set-id bits are not given to somebody else’s file', async () => {
  const modules = { files: new URL('new-files.ts', import.meta.url).href, handle: new URL('../../source/directory-handle.ts', import.meta.url).href };
  const script = `
    import { closeSync, mkdtempSync, statSync, rmSync } from 'node:fs';
    import { NewFiles } from '${modules.files}';
    import { openDirectory, pathsIn } from '${modules.handle}';
    const path = mkdtempSync('/tmp/winre-kit-new-files-');
    const files = new NewFiles(pathsIn(openDirectory(path).link));
    const answers = ['first', 'second'].map((name) => {
      const { descriptor, refused } = files.write({ directory: 0, name: Buffer.from(name), mode: 0o4755, userId: 1, groupId: 1, modifiedMicros: 0, size: 1, sparse: false, chunkCount: 1 }, Buffer.from('x'));
      closeSync(descriptor);
      return [refused, (statSync(path + '/' + name).mode & 0o7777).toString(8)];
    });
    rmSync(path, { recursive: true });
    console.log(JSON.stringify(answers));`;
  expect(JSON.parse(await runAsNobody(script, {}))).toEqual([[['owner'], '755'], [['owner'], '755']]);
});
