import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';

let folder: string;
let database: DatabaseSync;
let commit: GroupCommit;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'emm-group-commit-'));
  database = new DatabaseSync(join(folder, 'emm.db'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE words (word TEXT PRIMARY KEY)');
  commit = createGroupCommit(database);
});
afterEach(async () => {
  if (database.isOpen) database.close();
  await rm(folder, { recursive: true });
});
const add = (word: string) => (): string => {
  database.prepare('INSERT INTO words VALUES (?)').run(word);
  return word;
};
/** What somebody else sees: what is committed. */
const seenFromOutside = (): readonly unknown[] => {
  using other = new DatabaseSync(join(folder, 'emm.db'), { readOnly: true });
  return other.prepare('SELECT word FROM words ORDER BY word').all().map((row) => row['word']);
};

test('work of one turn is committed together, in order, and nobody hears of it before', async () => {
  const heard: string[] = [];
  const all = ['a', 'b', 'c'].map((word) => commit(add(word)).then((done) => void heard.push(`${done} of ${seenFromOutside().length}`)));
  expect(seenFromOutside()).toEqual([]);
  await Promise.all(all);
  expect(heard).toEqual(['a of 3', 'b of 3', 'c of 3']);
});

test('work that throws takes back its own, and nothing of the others', async () => {
  const thrown = new TypeError('no');
  const outcomes = await Promise.allSettled([
    commit(add('a')),
    commit(() => {
      add('b')();
      throw thrown;
    }),
    commit(add('c')),
  ]);
  expect(outcomes).toEqual([{ status: 'fulfilled', value: 'a' }, { status: 'rejected', reason: thrown }, { status: 'fulfilled', value: 'c' }]);
  expect(seenFromOutside()).toEqual(['a', 'c']);
});

test('when the commit fails, everybody of the group hears it, nothing is written, and the next group goes on', async () => {
  database.exec('CREATE TABLE children (word TEXT REFERENCES words DEFERRABLE INITIALLY DEFERRED); PRAGMA foreign_keys = ON');
  const orphan = (): void => database.exec("INSERT INTO children VALUES ('nobody')");
  const outcomes = await Promise.allSettled([commit(add('a')), commit(orphan)]);
  expect(outcomes).toMatchObject([{ status: 'rejected', reason: { message: expect.stringMatching(/FOREIGN KEY/) } }, { status: 'rejected', reason: { message: expect.stringMatching(/FOREIGN KEY/) } }]);
  expect(seenFromOutside()).toEqual([]);
  expect(await commit(add('b'))).toBe('b');
  expect(seenFromOutside()).toEqual(['b']);
});

test('a disk that is full fails what found no room, and the group after it goes on', async () => {
  database.exec('PRAGMA max_page_count = 8');
  const large = 'x'.repeat(100_000);
  const [small, tooLarge] = await Promise.allSettled([commit(add('a')), commit(add(large))]);
  expect(tooLarge).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/full/) } });
  expect(seenFromOutside()).toEqual(small.status === 'fulfilled' ? ['a'] : []);
  expect(await commit(add('b'))).toBe('b');
});

test('work that ends the transaction of its group fails everybody in it', async () => {
  const outcomes = await Promise.allSettled([commit(add('a')), commit(() => {
    database.exec('ROLLBACK');
    throw new TypeError('gone');
  }), commit(add('c'))]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(seenFromOutside()).toEqual([]);
  expect(await commit(add('b'))).toBe('b');
});

test('a database that is closed meanwhile fails what waits', async () => {
  const waiting = commit(add('a'));
  database.close();
  await expect(waiting).rejects.toThrow(/not open/);
});
