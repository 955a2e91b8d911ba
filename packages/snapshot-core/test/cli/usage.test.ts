import { readdir, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository } from '../../src/index.ts';
import { explainOldNode } from '../../src/cli/explain-old-node.ts';
import { programVersion } from '../../src/cli/program-version.ts';
import { makeScratchFolder } from '../scratch-folder.ts';
import { takeSampleSnapshot, sampleChunks } from '../sample-snapshot.ts';
import { openBench } from './open-bench.ts';
import { programPath, runCommand } from './start-command.ts';

describe('wrong usage ends with 2, says what is wrong, and does nothing', () => {
  test.each([
    ['an unknown verb', ['bakup'], 'Did you mean backup?'],
    ['an unknown option', ['check', '--read-date'], 'Did you mean --read-data?'],
    ['no repository', ['check'], 'WINRE_SNAPSHOT_REPOSITORY'],
    ['nothing to back up', ['--repo', '/nowhere', 'backup'], 'nothing to back up'],
    ['a missing target', ['--repo', '/nowhere', 'restore', 'latest'], '--target'],
    ['one argument too many', ['--repo', '/nowhere', 'check', 'twice'], 'too many arguments'],
    ['a value that is none of the choices', ['--repo', '/nowhere', 'init', '--profile', 'huge'], 'small, volume, large'],
    ['a count that is none', ['--repo', '/nowhere', 'snapshots', '--latest', 'all'], 'Give a whole number'],
  ])('%s', async (_what, programArguments, told) => {
    const run = await runCommand(programArguments);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(told);
    expect(run.stderr).not.toMatch(/^ {4}at /m);
  });
});

test('wrong usage is a JSON line for programs, too', async () => {
  for (const [programArguments, told] of [[['--json', 'bakup'], 'Did you mean backup?'], [['check', '--json', '--read-date'], 'Did you mean --read-data?'], [['restore', 'latest', '--json'], '--target'], [['--json'], 'no verb']] as const) {
    const { status, stdout, stderr } = await runCommand(programArguments);
    expect([status, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toEqual({ type: 'error', code: 'argument/invalid', message: expect.stringContaining(told), retryable: false, exitStatus: 2 });
  }
});

test('a cause that the message has already is not told twice', async () => {
  const { stderr } = await runCommand(['--repo', '/dev/null/x', 'snapshots']);
  expect(stderr.match(/ENOTDIR/g)).toHaveLength(1);
});

describe.skipIf(!existsSync('/dev/full'))('standard output on a full disk (needs /dev/full)', () => {
  test.each([['snapshots', []], ['backup', ['--json']]])('%s does its work, says what was lost, and ends with 1', async (verb, flags) => {
    const { repository, tree, run } = await openBench();
    const backup = ['--repo', repository, verb, ...(verb === 'backup' ? [tree] : []), ...flags];
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', programPath, ...backup], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8', env: {} });
    closeSync(full);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^winre-snapshot: standard output takes no more.*ENOSPC.*\n$/) });
    expect((await run('snapshots', '--json')).summary()).toMatchObject({ count: verb === 'backup' ? 1 : 0 });
    expect(readdirSync(repository).includes('leases') ? readdirSync(join(repository, 'leases')) : []).toEqual([]);
  });
});

test('help and version go to standard output; help names the exit statuses', async () => {
  const help = await runCommand(['--help']);
  expect(help).toMatchObject({ status: 0, stderr: '' });
  for (const word of ['backup', 'restore', 'check', '130', 'WINRE_SNAPSHOT_DEBUG']) expect(help.stdout).toContain(word);
  expect((await runCommand(['backup', '--help'])).stdout).toContain('Examples:\n  winre-snapshot backup');
  expect(await runCommand(['--version'])).toMatchObject({ status: 0, stdout: `${programVersion}\n` });
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(programVersion).toBe(manifest.version);
});

test('an old Node is told which one is needed, before anything else is loaded', () => {
  for (const version of ['20.20.2', '22.18.0']) expect(explainOldNode(version)).toContain('22.19');
  for (const version of ['22.19.0', '24.0.0', '26.10.0']) expect(explainOldNode(version)).toBeUndefined();
  const imports = [...readFileSync(programPath, 'utf8').matchAll(/^import .*$/gm)].map(([line]) => line);
  expect(imports).toEqual(["import { explainOldNode } from './explain-old-node.ts';"]);
});

describe('a snapshot is named', () => {
  test('by the beginning of its id; an ambiguous, unknown or malformed one is refused', async () => {
    const path = await makeScratchFolder();
    let drawn = 0;
    const repository = await createRepository({ path, randomBytes: (length) => Buffer.from(`abcd${String(drawn++).padStart(4, '0')}`.padEnd(2 * length, '0'), 'hex') });
    await takeSampleSnapshot(repository, sampleChunks(1, 2, 100));
    await takeSampleSnapshot(repository, sampleChunks(2, 2, 100));
    const ids = (await repository.listSnapshots()).snapshots.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    const restore = (name: string) => runCommand(['--repo', path, 'restore', name, '--target', join(path, 'out')]);
    const ambiguous = await restore('abcd');
    expect(ambiguous.status).toBe(2);
    for (const id of ids) expect(ambiguous.stderr).toContain(id);
    expect(await restore('abc')).toMatchObject({ status: 2 });
    expect(await restore('../etc')).toMatchObject({ status: 2 });
    expect(await restore('ffff')).toMatchObject({ status: 7 });
  });
});

describe('the exit status tells', () => {
  test('7 where there is no repository, 1 where the source cannot be read, 1 for a second init', async () => {
    const path = await makeScratchFolder();
    expect(await runCommand(['--repo', join(path, 'none'), 'snapshots'])).toMatchObject({ status: 7 });
    const env = { WINRE_SNAPSHOT_REPOSITORY: join(path, 'repository') };
    expect(await runCommand(['init'], { env })).toMatchObject({ status: 0 });
    expect(await runCommand(['init'], { env })).toMatchObject({ status: 1, stderr: expect.stringContaining('repository/exists') });
    const missing = await runCommand(['backup', join(path, 'none'), '--json'], { env });
    expect(missing.status).toBe(1);
    expect(JSON.parse(missing.stderr)).toMatchObject({ type: 'error', code: 'source/unreadable', exitStatus: 1, cause: expect.stringContaining('ENOENT') });
    expect((await runCommand(['backup', join(path, 'none')], { env: { ...env, WINRE_SNAPSHOT_DEBUG: '1' } })).stderr).toMatch(/^ {4}at /m);
  });

  test('4 where damage is found, with the file and the snapshot it harms', async () => {
    const path = await makeScratchFolder();
    const repository = await createRepository({ path });
    const { id } = await takeSampleSnapshot(repository, sampleChunks(1, 3, 1_000));
    expect(await runCommand(['--repo', path, 'check'])).toMatchObject({ status: 0 });
    const [pack = ''] = await readdir(join(path, 'packs'));
    await rm(join(path, 'packs', pack));
    const found = await runCommand(['--repo', path, 'check', '--json']);
    expect(found.status).toBe(4);
    expect(found.messages()).toContainEqual(expect.objectContaining({ type: 'finding', severity: 'error', damagedSnapshots: [id] }));
    expect(found.summary()).toMatchObject({ verb: 'check', intact: false, damagedSnapshots: [id] });
    // Not even a config that is lost keeps the rest from being looked at.
    for (const name of ['primary', 'copy']) await writeFile(join(path, 'config', name), 'x');
    expect(await runCommand(['--repo', path, 'check'])).toMatchObject({ status: 4, stderr: expect.stringContaining('config/primary') });
  });

  test('5 where another process holds the repository', async () => {
    const path = await makeScratchFolder();
    const repository = await createRepository({ path });
    await repository.withLease('exclusive', async () => {
      const refused = await runCommand(['--repo', path, 'backup', path]);
      expect(refused).toMatchObject({ status: 5, stderr: expect.stringContaining(String(process.pid)) });
    });
  });
});
