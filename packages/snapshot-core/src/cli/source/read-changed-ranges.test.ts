import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeScratchFolder } from '../../../test/scratch-folder.ts';
import { readChangedRanges } from './read-changed-ranges.ts';

async function read(text: string) {
  const path = join(await makeScratchFolder(), 'changes.txt');
  await writeFile(path, text);
  return readChangedRanges(path);
}

test('a line is a range; empty lines and remarks are none', async () => {
  expect(await read('# from the tracker\n0 4096\n\n  1048576\t512 # tail\r\n')).toEqual([{ offset: 0, bytes: 4_096 }, { offset: 1_048_576, bytes: 512 }]);
  expect(await read('')).toEqual([]);
});

test.each(['0', '0 -1', '0 1 2', '0x10 5', 'a b', '9007199254740991 1', '1.5 3'])('a line that is no range is refused by its number: %s', async (line) => {
  await expect(read(`0 1\n${line}\n`)).rejects.toMatchObject({ code: 'argument/invalid', message: expect.stringContaining('line 2') });
});

test('a list that cannot be read is refused', async () => {
  await expect(readChangedRanges('/nowhere/changes.txt')).rejects.toMatchObject({ code: 'argument/invalid' });
});
