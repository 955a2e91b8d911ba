import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRecordFile } from './record-file.ts';
import { decodeRecordLine, encodeRecordLine, firstChecksum } from './record-line.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'record-file-'));
  path = join(folder, 'records');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(...records: unknown[]): Promise<void> {
  const file = await openRecordFile(path);
  for (const record of records) await file.append(record);
  await file.close();
}
async function readAll(): Promise<unknown[]> {
  const file = await openRecordFile(path);
  const records: unknown[] = [];
  for await (const record of file.read()) records.push(record);
  await file.close();
  return records;
}

test('records come back in order, over several openings', async () => {
  await write({ a: 1 }, 'two');
  await write([3], null);
  expect(await readAll()).toEqual([{ a: 1 }, 'two', [3], null]);
});

test('appends of the same moment keep their order', async () => {
  const file = await openRecordFile(path);
  await Promise.all(Array.from({ length: 20 }, (_, index) => file.append(index)));
  await file.close();
  expect(await readAll()).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('a torn last line is cut off with a notice, wherever it is torn', async () => {
  await write('first');
  const whole = (await readFile(path)).length;
  await write('second');
  const both = (await readFile(path)).length;
  for (const end of [whole + 1, whole + 20, both - 1]) {
    await truncate(path, whole);
    await appendFile(path, encodeRecordLine(1, 'second', decodedChecksum(await readFile(path, 'utf8'))).line.slice(0, end - whole));
    const notices: string[] = [];
    const file = await openRecordFile(path, { logger: { log: (_level, message) => void notices.push(message) } });
    await file.close();
    expect(notices).toEqual([expect.stringContaining(`cut off ${end - whole} bytes`)]);
    expect(await readAll()).toEqual(['first']);
  }
});
function decodedChecksum(text: string): string {
  const decoded = decodeRecordLine(text.trimEnd(), 0, firstChecksum);
  return 'checksum' in decoded ? decoded.checksum : '';
}

test('one flipped bit in any whole line is refused with data-loss, and the file is left as it is', async () => {
  await write({ key: 'first' }, { key: 'second' }, { key: 'third' });
  const good = await readFile(path);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: good.length - 2 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << bit);
      await writeFile(path, bad);
      await expect(openRecordFile(path)).rejects.toMatchObject({ code: 'data-loss' });
      expect(await readFile(path)).toEqual(bad);
    }),
    { numRuns: 60 },
  );
});

test('lines that were removed, repeated or swapped are refused', async () => {
  await write('a', 'b', 'c');
  const [a = '', b = '', c = ''] = (await readFile(path, 'utf8')).split('\n');
  for (const lines of [[b, c], [a, c], [a, a, b, c], [b, a, c], [a, b, b]]) {
    await writeFile(path, `${lines.join('\n')}\n`);
    await expect(openRecordFile(path), lines.join()).rejects.toMatchObject({ code: 'data-loss' });
  }
});

test('a second writer is refused while the first lives, and the lock goes with the first', async () => {
  const first = await openRecordFile(path);
  await expect(openRecordFile(path)).rejects.toMatchObject({ code: 'conflict', facts: { pid: process.pid } });
  await first.close();
  await first.close();
  await (await openRecordFile(path)).close();
});

test('the lock of a process that is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await writeFile(`${path}.lock-3`, JSON.stringify({ pid, processStart: '1', token: 'old' }));
  await (await openRecordFile(path)).close();
  expect(await readdir(folder)).toEqual(['records']);
});

test('the lock of another process that has got the same process id is taken over', async () => {
  await writeFile(`${path}.lock-3`, JSON.stringify({ pid: process.pid, processStart: '1', token: 'old' }));
  await (await openRecordFile(path)).close();
  expect(await readdir(folder)).toEqual(['records']);
});

test('of many who find a stale lock at once, one gets it', async () => {
  await writeFile(`${path}.lock-3`, 'not a lock');
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => openRecordFile(path)));
  const opened = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  expect(opened).toHaveLength(1);
  await opened[0]?.value.close();
  expect(await readdir(folder)).toEqual(['records']);
});

test('after close nothing is written', async () => {
  const file = await openRecordFile(path);
  await file.close();
  await expect(file.append('late')).rejects.toMatchObject({ code: 'unavailable' });
  expect(await readAll()).toEqual([]);
});
