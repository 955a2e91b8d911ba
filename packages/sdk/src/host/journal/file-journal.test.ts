import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileJournal } from './file-journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import { createMemoryJournal } from './memory-journal.ts';
import type { Journal } from './journal.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'journal-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const entry = (reason: string): JournalEntry => ({ type: 'operation.state', operationKey: 'key-1', at: '2026-11-22T03:00:00.000Z', from: 'planned', to: 'approved', reason });
const readAll = async (journal: Journal): Promise<JournalEntry[]> => {
  const entries: JournalEntry[] = [];
  for await (const read of journal.read()) entries.push(read);
  return entries;
};

test.each([['memory', () => Promise.resolve(createMemoryJournal())], ['file', () => createFileJournal(join(folder, 'journal'))]] as const)('%s: entries are read back in order and are copies', async (_name, open) => {
  const journal = await open();
  const first = { ...entry('first') };
  await journal.append(first);
  Object.assign(first, { reason: 'changed afterwards' });
  await journal.append(entry('second'));
  expect(await readAll(journal)).toEqual([entry('first'), entry('second')]);
  await journal.close();
});

test('a file journal goes on after it was closed, and with a torn tail', async () => {
  const path = join(folder, 'journal');
  const first = await createFileJournal(path);
  await first.append(entry('first'));
  await first.close();
  await appendFile(path, '{"sequence":1,"rec');
  const second = await createFileJournal(path);
  await second.append(entry('second'));
  expect(await readAll(second)).toEqual([entry('first'), entry('second')]);
  await second.close();
});

test('a whole line of another shape is data-loss', async () => {
  const path = join(folder, 'journal');
  await writeFile(path, 'something else\n');
  await expect(createFileJournal(path)).rejects.toMatchObject({ code: 'data-loss' });
  expect(await readFile(path, 'utf8')).toBe('something else\n');
});
