import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratchFolder } from '../scratch-folder.ts';
import { runCommand, type CommandRun } from './start-command.ts';

/** A repository, a small tree to back up, and the command with that repository named. */
export interface CommandBench {
  readonly folder: string;
  readonly repository: string;
  readonly tree: string;
  readonly run: (...programArguments: readonly string[]) => Promise<CommandRun>;
}

/** Makes the tree and runs `init`. */
export async function openBench(): Promise<CommandBench> {
  const folder = await makeScratchFolder();
  const [tree, repository] = [join(folder, 'tree'), join(folder, 'repository')];
  await mkdir(join(tree, 'documents'), { recursive: true });
  await writeFile(join(tree, 'documents', 'letter.txt'), 'Dear Ada\n');
  await writeFile(join(tree, 'large.bin'), Buffer.alloc(300_000, 'abcdefg'));
  await symlink('documents/letter.txt', join(tree, 'link'));
  const run = (...programArguments: readonly string[]) => runCommand(['--repo', repository, ...programArguments]);
  await run('init', '--profile', 'small');
  return { folder, repository, tree, run };
}

/** The snapshot that a `backup --json` took. */
export function snapshotOf(run: CommandRun): { readonly id: string; readonly parentId?: string } {
  return run.summary()['snapshot'] as { readonly id: string; readonly parentId?: string };
}
