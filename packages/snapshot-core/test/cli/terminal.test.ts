import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { describeTree } from '../support/describe-tree.ts';
import { openBench } from './open-bench.ts';
import { programPath } from './start-command.ts';

const script = '/usr/bin/script';

interface Typed {
  /** Typed when this shows. */
  readonly after: string;
  readonly line: string;
}

/** Runs the program at a terminal of its own (util-linux `script`), and types. @returns everything that shows, and the exit status */
async function runAtTerminal(programArguments: readonly string[], typed: readonly Typed[] = []): Promise<{ readonly shown: string; readonly status: number | null }> {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', programPath, ...programArguments].join(' ');
  const child = spawn(script, ['--quiet', '--return', '--echo', 'never', '--command', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm' } });
  const waiting = [...typed];
  let seen = '';
  child.stdout.on('data', (bytes: Buffer) => {
    seen += bytes.toString();
    const [next] = waiting;
    if (next === undefined || !seen.includes(next.after)) return;
    waiting.shift();
    seen = '';
    child.stdin.write(next.line);
  });
  const [shown] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { shown, status: child.exitCode };
}

describe.skipIf(!existsSync(script))('at a terminal (needs script of util-linux)', () => {
  test('progress is drawn and taken away again; lines stay within 80 columns', async () => {
    const { repository, tree } = await openBench();
    await writeFile(join(tree, 'more.bin'), Buffer.alloc(8_000_000, 'abc'));
    const { shown, status } = await runAtTerminal(['--repo', repository, 'backup', '--image', join(tree, 'more.bin')]);
    expect(status).toBe(0);
    const drawn = shown.split('\r\u001b[2K');
    expect(drawn.length).toBeGreaterThan(2);
    expect(drawn[1]).toMatch(/^backup {2}\[[#-]{20}\] {2}\d+ % {2}/);
    for (const line of drawn.slice(1, -1)) expect(line.length).toBeLessThanOrEqual(80);
    expect(drawn.at(-1)).toMatch(/^[\d.]+ MiB in the snapshot/);
  });

  test('a rollback shows what would be lost and goes on at yes, and at nothing else', async () => {
    const { repository, tree, run } = await openBench();
    await run('backup', tree);
    const good = await describeTree(tree);
    await writeFile(join(tree, 'new.txt'), 'new');
    await rm(join(tree, 'link'));
    const bad = await describeTree(tree);
    const command = ['--repo', repository, 'rollback', 'latest', '--target', tree];
    const declined = await runAtTerminal(command, [{ after: 'Type yes', line: 'y\n' }]);
    expect(declined).toMatchObject({ status: 1, shown: expect.stringContaining('nothing was changed') });
    expect(declined.shown).toContain('would be lost: 1 item deleted (3 B)');
    expect(await describeTree(tree)).toEqual(bad);
    expect(await runAtTerminal(command, [{ after: 'Type yes', line: 'yes\n' }])).toMatchObject({ status: 0, shown: expect.stringContaining('undo with') });
    expect(await describeTree(tree)).toEqual(good);
  });

  test('a password is asked for when it is needed, and does not show', async () => {
    const { folder, tree } = await openBench();
    const repo = ['--repo', join(folder, 'encrypted')];
    const twice = (second: string) => [{ after: 'New password: ', line: 'open sesame\r' }, { after: 'The same again: ', line: `${second}\r` }];
    expect(await runAtTerminal([...repo, 'init', '--encrypt'], twice('open barley'))).toMatchObject({ status: 2, shown: expect.stringContaining('differ') });
    const made = await runAtTerminal([...repo, 'init', '--encrypt'], twice('open sesame'));
    const used = await runAtTerminal([...repo, 'backup', tree], [{ after: 'Password of ', line: 'open barleX\u007f\u007f\u007f\u007f\u007f\u007fsesame\r' }]);
    expect([made.status, used.status]).toEqual([0, 0]);
    expect(used.shown).toContain(`Password of ${join(folder, 'encrypted')}: `);
    for (const { shown } of [made, used]) expect(shown).not.toMatch(/sesame|barle/);
    expect(await runAtTerminal([...repo, 'snapshots'], [{ after: 'Password of ', line: 'wrong\r' }])).toMatchObject({ status: 6 });
    expect(await runAtTerminal([...repo, 'snapshots'], [{ after: 'Password of ', line: '\u0003' }])).toMatchObject({ status: 130 });
  });

  test('Ctrl-C at a question ends with 130 and changes nothing', async () => {
    const { repository, tree, run } = await openBench();
    await run('backup', tree);
    await writeFile(join(tree, 'new.txt'), 'new');
    const bad = await describeTree(tree);
    expect(await runAtTerminal(['--repo', repository, 'rollback', 'latest', '--target', tree], [{ after: 'Type yes', line: '\u0003' }])).toMatchObject({ status: 130 });
    expect(await runAtTerminal(['--repo', repository, 'rollback', 'latest', '--target', tree], [{ after: 'Type yes', line: '\u0004' }]), 'the end of input').toMatchObject({ status: 1 });
    expect(await describeTree(tree)).toEqual(bad);
  });
});
