import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRepository, takeSnapshot } from '../../src/index.ts';
import { openBench, snapshotOf, type CommandBench } from './open-bench.ts';

const hourMs = 3_600_000;

/** Takes a snapshot that many hours ago. */
async function takeEarlier({ repository: path, tree }: CommandBench, hours: number, hostname = 'laptop'): Promise<string> {
  const { record } = await takeSnapshot(await openRepository({ path }), { kind: 'directory', path: tree }, { hostname, clock: { nowMs: () => Date.now() - hours * hourMs } });
  return record.id;
}

describe('snapshots are forgotten', () => {
  test('by name', async () => {
    const { tree, run } = await openBench();
    const first = snapshotOf(await run('backup', tree, '--json')).id;
    const second = snapshotOf(await run('backup', tree, '--json')).id;
    expect(await run('forget', first, 'ffff')).toMatchObject({ status: 7 });
    expect(await run('forget', first, '--dry-run')).toMatchObject({ status: 0, stdout: expect.stringContaining(first) });
    expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 2 });
    expect(await run('forget', first.slice(0, 10))).toMatchObject({ status: 0 });
    expect((await run('snapshots', '--json')).messages()).toMatchObject([{ id: second }, { count: 1 }]);
  });

  test('by a policy that speaks of each source for itself, with reasons', async () => {
    const bench = await openBench();
    const old = await takeEarlier(bench, 30);
    const young = await takeEarlier(bench, 3);
    const onlyOne = await takeEarlier(bench, 50, 'desktop');
    const { run } = bench;
    const tried = await run('forget', '--keep-hours', '24', '--dry-run', '--json');
    const verdicts = Object.fromEntries(tried.messages().filter(({ type }) => type === 'verdict').map(({ id, keep }) => [String(id), keep]));
    expect(verdicts).toEqual({ [old]: false, [young]: true, [onlyOne]: true });
    expect(tried.messages()).toContainEqual(expect.objectContaining({ id: old, reasons: [expect.stringContaining('30 hours old')] }));
    expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 3 });
    expect(await run('forget', '--keep-hours', '24', '--host', 'desktop', '--json')).toMatchObject({ status: 0 });
    expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 3 });
    expect((await run('forget', '--keep-hours', '24')).stdout).toContain('2 snapshots kept, 1 forgotten');
    expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 2 });
  });

  test.each([
    ['nothing is named', [], 'nothing is named'],
    ['a budget does not say how long', ['--disk-budget', '500GiB'], '--keep-hours, too'],
    ['names and a policy are mixed', ['ffff', '--keep-hours', '24'], 'either snapshots or a policy'],
    ['the hours are none that there are', ['--keep-hours', '5'], '4, 6, 12, 16, 24, 72'],
    ['the budget is no size', ['--disk-budget', 'much'], 'Give a size'],
  ])('never when %s', async (_what, programArguments, told) => {
    const { run } = await openBench();
    expect(await run('forget', ...programArguments)).toMatchObject({ status: 2, stderr: expect.stringContaining(told) });
  });

  test('and their space comes back with prune, in two steps', async () => {
    const bench = await openBench();
    const { tree, run } = bench;
    const { id } = snapshotOf(await run('backup', tree, '--json'));
    await writeFile(join(tree, 'large.bin'), 'other');
    await run('backup', tree);
    await run('forget', id);
    expect((await run('prune', '--dry-run', '--json')).summary()).toMatchObject({ dryRun: true, deletedBytes: 0 });
    const first = (await run('prune', '--grace', '0', '--json')).summary();
    expect(first).toMatchObject({ deletedBytes: 0 });
    expect(Number(first['condemnedBytes'])).toBeGreaterThan(0);
    expect(Number((await run('prune', '--grace', '0', '--json')).summary()['deletedBytes'])).toBeGreaterThan(0);
    expect(await run('check', '--read-data')).toMatchObject({ status: 0 });
  });
});

test('where no snapshot is left, prune asks whether that is meant', async () => {
  const { tree, run } = await openBench();
  expect(await run('prune')).toMatchObject({ status: 0 });
  const { id } = snapshotOf(await run('backup', tree, '--json'));
  expect((await run('forget', id)).stdout).toContain('prune --allow-empty frees their space');
  expect((await run('prune', '--dry-run', '--json')).summary()).toMatchObject({ dryRun: true, packs: { condemn: 2 } });
  expect(await run('prune', '--grace', '0')).toMatchObject({ status: 1, stderr: expect.stringContaining('--allow-empty') });
  expect((await run('prune', '--grace', '0', '--json', '--allow-empty')).summary()).toMatchObject({ packs: { condemn: 2 } });
  expect(await run('prune', '--grace', '0')).toMatchObject({ status: 1 });
  expect((await run('prune', '--grace', '0', '--json', '--allow-empty')).summary()).toMatchObject({ packs: { delete: 2 } });
  expect(await run('prune')).toMatchObject({ status: 0 });
});

describe('a schedule', () => {
  test('says for each source when a snapshot is due and when those there expire', async () => {
    const bench = await openBench();
    const { run } = bench;
    expect(await run('schedule')).toMatchObject({ status: 7 });
    const young = await takeEarlier(bench, 1);
    const old = await takeEarlier(bench, 7, 'desktop');
    const told = (await run('schedule', '--cadence', '6', '--keep-hours', '12', '--json')).messages();
    expect(told).toMatchObject([
      { type: 'schedule', hostname: 'desktop', isDue: true, expiring: [{ id: old }] },
      { type: 'schedule', hostname: 'laptop', isDue: false, expiring: [{ id: young }] },
    ]);
    expect((await run('schedule', '--cadence', '6', '--keep-hours', '12', '--host', 'laptop')).stdout).toContain('the next snapshot is due at');
    expect(await run('schedule', '--cadence', '5')).toMatchObject({ status: 2 });
    expect(await run('schedule', '--cadence', '24', '--keep-hours', '12')).toMatchObject({ status: 2, stderr: expect.stringContaining('at least the cadence') });
  });

  test('run --once takes a snapshot when one is due, forgets, prunes, and does nothing when none is', async () => {
    const bench = await openBench();
    const { tree, run } = bench;
    const [expired] = [await takeEarlier(bench, 30), await takeEarlier(bench, 5)];
    const ran = await run('schedule', 'run', tree, '--once', '--host', 'laptop', '--cadence', '4', '--keep-hours', '24', '--json');
    expect(ran.status).toBe(0);
    expect(ran.messages()).toContainEqual(expect.objectContaining({ type: 'verdict', id: expired, keep: false }));
    expect(ran.messages().filter(({ type }) => type === 'summary').map(({ verb }) => verb)).toEqual(['backup', 'prune']);
    expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 2 });
    expect((await run('schedule', 'run', tree, '--once', '--host', 'laptop', '--cadence', '4', '--keep-hours', '24', '--json')).messages().filter(({ verb }) => verb === 'backup')).toEqual([]);
  });
});

test('nothing is forgotten or deleted on a default', async () => {
  const { tree, run } = await openBench();
  expect(await run('schedule', 'run', tree, '--once')).toMatchObject({ status: 2, stderr: expect.stringContaining('--keep-hours') });
  expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: 0 });
  expect(await run('prune', '--ignore-locks')).toMatchObject({ status: 2, stderr: expect.stringContaining('--wait') });
});

test('diff names what was added, removed and changed between two snapshots', async () => {
  const { folder, tree, run } = await openBench();
  const from = snapshotOf(await run('backup', tree, '--json')).id;
  await writeFile(join(tree, 'large.bin'), 'changed');
  await writeFile(join(tree, 'new.txt'), 'new');
  await run('backup', tree);
  const told = await run('diff', from, 'latest');
  expect(told).toMatchObject({ status: 0, stdout: expect.stringMatching(/^M {2}large\.bin\n\+ {2}new\.txt\n1 item added/) });
  const messages = (await run('diff', from, 'latest', '--json')).messages();
  expect(messages).toMatchObject([{ type: 'change', change: 'changed', path: 'large.bin' }, { change: 'added', path: 'new.txt' }, { type: 'summary', added: { count: 1, bytes: 3 } }]);
  await run('backup', '--image', join(tree, 'large.bin'));
  expect(await run('diff', from, 'latest')).toMatchObject({ status: 2 });
  expect(await run('diff', from, from, '--repo', join(folder, 'repository'))).toMatchObject({ status: 0, stdout: expect.stringContaining('0 items added') });
});
