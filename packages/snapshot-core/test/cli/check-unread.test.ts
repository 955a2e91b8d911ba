import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runAsNobody } from '../support/run-as-nobody.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';

test('packs that cannot be read end a check with 3 and no word of damage, and nothing is forgotten after it', async () => {
  const scratch = scratchDirectory();
  const place = subdirectory(scratch, 'place');
  for (const path of [scratch, place]) chmodSync(path, 0o777);
  const output = await runAsNobody(`
    import { spawnSync } from 'node:child_process';
    import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
    const { PLACE: place, MAIN: main } = process.env;
    mkdirSync(place + '/tree');
    writeFileSync(place + '/tree/file', 'content');
    const run = (...words) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@winre-kit/source', '--no-warnings', main, '--repo', place + '/repository', ...words], { encoding: 'utf8' });
      return { status, stdout, stderr };
    };
    run('init');
    run('backup', place + '/tree');
    const packs = readdirSync(place + '/repository/packs').map((name) => place + '/repository/packs/' + name);
    for (const pack of packs) chmodSync(pack, 0);
    const unread = [run('check', '--read-data'), run('check', '--read-data', '--json'), run('forget', '--keep-hours', '4', '--check-first')];
    for (const pack of packs) chmodSync(pack, 0o600);
    console.log(JSON.stringify([...unread, run('check', '--read-data'), run('snapshots', '--json')]));
  `, { PLACE: place, MAIN: new URL('../../src/cli/main.ts', import.meta.url).pathname });
  const [text, json, forget, after, snapshots] = JSON.parse(output) as readonly Record<'stdout' | 'stderr' | 'status', string | number>[];
  expect(text).toMatchObject({ status: 3, stdout: expect.stringMatching(/no damage found in what could be read; NOT EVERYTHING COULD BE READ; 1 snapshot not verified/), stderr: expect.stringContaining('unread: pack/') });
  const summary = String(json?.stdout).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>).at(-1);
  expect(summary).toMatchObject({ intact: false, damagedSnapshots: [], damagedPacks: [], unverifiedSnapshots: [expect.stringMatching(/^[\da-f]{32}$/)] });
  expect(forget).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing was forgotten') });
  expect(after).toMatchObject({ status: 0 });
  expect(snapshots?.stdout).toContain('"count":1');
});
