import { readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { damageFile, filesIn } from '../repair/repair-world.ts';
import { openBench, snapshotOf } from './open-bench.ts';

describe('ls', () => {
  test('lists a snapshot, or what is at and below a path, in one line each whatever the names are', async () => {
    const { tree, run } = await openBench();
    await writeFile(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff])]), '');
    await symlink('x\ny', join(tree, 'new\nline'));
    await run('backup', tree);
    const whole = await run('ls', 'latest', '--quiet');
    expect(whole).toMatchObject({ status: 0, stdout: 'documents/\ndocuments/letter.txt\nlarge.bin\nlink -> documents/letter.txt\nnew\\x0aline -> x\\x0ay\n\\xff\n' });
    for (const path of ['documents/', './documents', join(tree, 'documents')]) expect((await run('ls', 'latest', path, '-q')).stdout).toBe('documents/\ndocuments/letter.txt\n');
    expect((await run('ls', 'latest', '--long', 'large.bin')).stdout).toMatch(/^0\d{3} +\d+ +\d+ +293 KiB {2}\d{4}-\S+ {2}large\.bin\n1 entry, 293 KiB in snapshot/);
    const messages = (await run('ls', 'latest', '--json')).messages();
    expect(messages).toContainEqual({ type: 'entry', path: '\\xff', pathBase64: '/w==', entryType: 'file', mode: expect.any(Number), userId: expect.any(Number), groupId: expect.any(Number), size: 0, modifiedAt: expect.stringContaining('Z') });
    expect(messages).toContainEqual(expect.objectContaining({ entryType: 'symlink', target: 'x\\x0ay', targetBase64: Buffer.from('x\ny').toString('base64') }));
    expect(messages.at(-1)).toMatchObject({ type: 'summary', verb: 'ls', entries: 6, damaged: 0 });
    expect(await run('ls', 'latest', 'nothing')).toMatchObject({ status: 7, stdout: '' });
    await run('backup', '--image', join(tree, 'large.bin'));
    expect(await run('ls', 'latest')).toMatchObject({ status: 2, stderr: expect.stringContaining('snapshot/wrong-kind') });
  });

  test('says what damage keeps back, and ends with 4', async () => {
    const { repository, tree, run } = await openBench();
    await run('backup', tree);
    // The object kind stands behind magic, version and flags.
    damageFile(filesIn(repository, 'packs').find((pack) => readFileSync(pack)[12] === 1) ?? '', 100);
    expect(await run('ls', 'latest')).toMatchObject({ status: 4, stderr: expect.stringContaining('cannot be listed') });
  });
});

test('diff names the ranges in which two images differ, as --changed-ranges reads them', async () => {
  const { folder, tree, run } = await openBench();
  const [image, ranges] = [join(folder, 'disk.raw'), join(folder, 'ranges.txt')];
  const bytes = Buffer.alloc(1_000_000, 'image of a disk ');
  for (let at = 0; at < bytes.length; at += 8) bytes.writeUInt32LE(at, at);
  await writeFile(image, bytes);
  const from = snapshotOf(await run('backup', '--image', image, '--json')).id;
  bytes.fill('changed', 500_000, 500_100);
  await writeFile(image, Buffer.concat([bytes, Buffer.from('longer')]));
  await run('backup', '--image', image);
  const told = await run('diff', from, 'latest', '--json');
  const changes = told.messages().filter(({ type }) => type === 'changed-range') as unknown as { offset: number; bytes: number }[];
  expect(changes.some(({ offset, bytes }) => offset <= 500_000 && offset + bytes >= 500_100)).toBe(true);
  expect(changes.at(-1)).toSatisfy(({ offset, bytes }: { offset: number; bytes: number }) => offset + bytes === 1_000_006);
  expect(told.summary()).toMatchObject({ verb: 'diff', fromBytes: 1_000_000, toBytes: 1_000_006, changed: { count: changes.length } });
  const text = (await run('diff', from, 'latest', '--quiet')).stdout;
  expect(text).toBe(changes.map(({ offset, bytes }) => `${offset} ${bytes}\n`).join(''));
  await writeFile(ranges, text);
  expect(await run('backup', '--image', image, '--parent', 'latest', '--changed-ranges', ranges)).toMatchObject({ status: 0, stderr: '' });
  expect((await run('diff', from, from)).stdout).toContain('0 ranges changed');
  await run('backup', tree);
  expect(await run('diff', from, 'latest')).toMatchObject({ status: 2, stderr: expect.stringContaining('snapshot/wrong-kind') });
});
