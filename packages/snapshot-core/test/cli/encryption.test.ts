import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeScratchFolder } from '../scratch-folder.ts';
import { describeTree } from '../support/describe-tree.ts';
import { runCommand } from './start-command.ts';

/** An encrypted repository whose password is `open sesame`, and a command that names it and nothing else. */
async function openEncryptedBench() {
  const folder = await makeScratchFolder();
  const file = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const tree = join(folder, 'tree');
  await mkdir(tree);
  await file('tree/letter.txt', 'Dear Ada\n');
  const repository = join(folder, 'repository');
  const run = (programArguments: readonly string[], env: Readonly<Record<string, string>> = {}) => runCommand(['--repo', repository, ...programArguments], { env });
  const password = await file('password', 'open sesame\n');
  expect(await run(['init', '--encrypt', '--password-file', password])).toMatchObject({ status: 0, stdout: expect.stringContaining('encrypted repository') });
  return { folder, tree, password, file, run };
}

describe('an encrypted repository', () => {
  test('is used with its password from a file or from the environment', async () => {
    const { folder, tree, password, run } = await openEncryptedBench();
    expect(await run(['backup', tree, '--password-file', password])).toMatchObject({ status: 0 });
    expect(await run(['restore', 'latest', '--target', join(folder, 'out')], { WINRE_SNAPSHOT_PASSWORD: 'open sesame' })).toMatchObject({ status: 0 });
    expect(await describeTree(join(folder, 'out'))).toEqual(await describeTree(tree));
    expect(await run(['check', '--read-data'], { WINRE_SNAPSHOT_PASSWORD_FILE: password })).toMatchObject({ status: 0 });
  });

  test('ends with 6 when the password or key is missing or wrong, and says nothing of either', async () => {
    const { file, password, run } = await openEncryptedBench();
    const wrong = await file('wrong', 'open barley');
    expect(await run(['snapshots'])).toMatchObject({ status: 6, stderr: expect.stringContaining('repository/key-required') });
    for (const verb of ['snapshots', 'check']) {
      const refused = await run([verb, '--password-file', wrong]);
      expect(refused).toMatchObject({ status: 6, stderr: expect.stringContaining('repository/wrong-key') });
      expect(refused.stderr).not.toContain('barley');
    }
    expect(await run(['snapshots', '--key-file', await file('key', randomBytes(32))])).toMatchObject({ status: 6 });
    expect(await run(['snapshots', '--key-file', await file('short', randomBytes(31))])).toMatchObject({ status: 2, stderr: expect.stringContaining('32 bytes') });
    expect(await run(['snapshots', '--password-file', '/nowhere/password'])).toMatchObject({ status: 2 });
    expect(await run(['snapshots', '--password-file', password, '--key-file', wrong])).toMatchObject({ status: 2 });
    expect(await run(['snapshots'], { WINRE_SNAPSHOT_PASSWORD: 'open sesame', WINRE_SNAPSHOT_PASSWORD_FILE: password })).toMatchObject({ status: 2 });
  });

  test('has no password that is no text, and none that an editor marked', async () => {
    const { folder, file, password, run } = await openEncryptedBench();
    const refused = await runCommand(['--repo', join(folder, 'other'), 'init', '--encrypt', '--password-file', await file('bytes', Buffer.from([0xff, 0xfe, 0x01]))]);
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('UTF-8') });
    expect(await run(['key', 'passphrase', '--password-file', password, '--new-password-file', await file('marked', '\uFEFFopen barley\r\n')])).toMatchObject({ status: 0 });
    expect(await run(['snapshots'], { WINRE_SNAPSHOT_PASSWORD: 'open barley' })).toMatchObject({ status: 0 });
  });

  test('is not made without a word: a password for a plain one is refused, and so is none for an encrypted one', async () => {
    const folder = await makeScratchFolder();
    const env = { WINRE_SNAPSHOT_PASSWORD: 'open sesame' };
    expect(await runCommand(['--repo', join(folder, 'a'), 'init'], { env })).toMatchObject({ status: 2, stderr: expect.stringContaining('--encrypt') });
    expect(await runCommand(['--repo', join(folder, 'a'), 'init', '--encrypt'])).toMatchObject({ status: 6 });
    expect(await runCommand(['--repo', join(folder, 'a'), 'snapshots'])).toMatchObject({ status: 7 });
    // Somebody may have put a plain repository in the place of the encrypted one.
    expect(await runCommand(['--repo', join(folder, 'b'), 'init'])).toMatchObject({ status: 0 });
    expect(await runCommand(['--repo', join(folder, 'b'), 'snapshots'], { env })).toMatchObject({ status: 6 });
    expect(await runCommand(['--repo', join(folder, 'b'), 'key', 'list'])).toMatchObject({ status: 2 });
  });
});

describe('the keys of an encrypted repository', () => {
  test('are outdated when somebody puts an old key file back, and end with 6', async () => {
    const folder = await makeScratchFolder();
    const path = (name: string) => join(folder, name);
    const own = ['--repo', path('repository'), '--key-file', path('own.key')];
    const former = ['--repo', path('repository'), '--key-file', path('former.key')];
    for (const name of ['own.key', 'former.key']) await writeFile(path(name), randomBytes(32));
    await mkdir(path('tree'));
    expect(await runCommand([...own, 'init', '--encrypt'])).toMatchObject({ status: 0 });
    const { id } = (await runCommand([...own, 'key', 'add', '--new-key-file', path('former.key'), '--json'])).summary()['key'] as { id: string };
    const old = path(`repository/keys/${id}-0001`);
    const bytes = await readFile(old);
    expect(await runCommand([...own, 'key', 'remove', id])).toMatchObject({ status: 0 });
    expect(await runCommand([...own, 'key', 'rotate'])).toMatchObject({ status: 0 });
    expect(await runCommand([...own, 'backup', path('tree')])).toMatchObject({ status: 0 });
    await writeFile(old, bytes);
    expect((await runCommand([...own, 'key', 'list'])).stdout.match(/\((?:in use now|outdated)\)/g)?.toSorted()).toEqual(['(in use now)', '(outdated)']);
    for (const verb of [['backup', path('tree')], ['restore', 'latest', '--target', path('out')]])
      expect(await runCommand([...former, ...verb]), verb[0]).toMatchObject({ status: 6, stderr: expect.stringContaining('repository/key-outdated') });
  }, 60_000);

  test('are added, listed, changed, rotated and removed', async () => {
    const { tree, file, run } = await openEncryptedBench();
    const hex = await file('machine.key', randomBytes(32).toString('hex'));
    const open = { WINRE_SNAPSHOT_PASSWORD: 'open sesame' };
    const added = await run(['key', 'add', '--new-key-file', hex, '--label', 'machine', '--json'], open);
    expect(added.summary()).toMatchObject({ verb: 'key add', key: { kind: 'raw-key', label: 'machine', isOwn: false } });
    expect(await run(['backup', tree, '--key-file', hex])).toMatchObject({ status: 0 });
    expect((await run(['key', 'list'], open)).stdout).toMatch(/passphrase .*\(in use now\)\n.*raw-key .*machine/);
    expect(await run(['key', 'rotate'], open)).toMatchObject({ status: 6 });
    expect(await run(['key', 'rotate', '--other-key-file', hex], open)).toMatchObject({ status: 0 });
    expect(await run(['key', 'passphrase', '--new-password-file', await file('new', 'new sesame')], open)).toMatchObject({ status: 0 });
    expect(await run(['snapshots'], open)).toMatchObject({ status: 6 });
    const reopened = { WINRE_SNAPSHOT_PASSWORD: 'new sesame' };
    const { id } = added.summary()['key'] as { id: string };
    expect(await run(['key', 'remove', 'ffff'], reopened)).toMatchObject({ status: 2 });
    expect(await run(['key', 'remove', id.slice(0, 8)], reopened)).toMatchObject({ status: 0 });
    expect(await run(['snapshots', '--key-file', hex])).toMatchObject({ status: 6 });
    const keys = (await run(['key', 'list', '--json'], reopened)).messages();
    expect(keys).toMatchObject([{ type: 'key', isOwn: true }, { type: 'summary', count: 1 }]);
    expect(await run(['key', 'remove', String(keys[0]?.['id'])], reopened)).toMatchObject({ status: 2, stderr: expect.stringContaining('last one') });
    expect(await run(['check', '--read-data'], reopened)).toMatchObject({ status: 0 });
  }, 60_000);
});
