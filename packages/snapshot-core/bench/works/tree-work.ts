import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { planTree } from '../data/plan-tree.ts';
import { planTreeEdits } from '../data/plan-tree-edits.ts';
import type { TreeEdits } from '../data/plan-tree-edits.ts';
import { editTree, revertTree, writeTree } from '../data/write-tree.ts';
import type { BenchSource, Contender } from '../peers/contender.ts';
import { contendersOf, measureStep } from '../run/bench-context.ts';
import type { BenchContext, Turn } from '../run/bench-context.ts';
import { firstDifference } from '../run/compare-files.ts';
import { folderBytes } from '../run/folder-bytes.ts';
import { runCommand } from '../run/run-command.ts';

/** The tree as it lies in the bench's folder, and how it changes. */
export interface Tree {
  readonly source: BenchSource;
  readonly edits: TreeEdits;
}

/** Files that were written a moment ago are not trusted by their metadata yet; two seconds later they are. */
const settleMs = 2500;

/** Writes the first version. */
export function makeTree(context: BenchContext): Tree {
  const { treeFiles } = context.scale;
  context.say(`making a tree of ${treeFiles.toLocaleString('en-US')} files`);
  const files = planTree(context.seed, treeFiles);
  const source: BenchSource = { kind: 'tree', folder: join(context.folder, 'tree-source'), name: 'tree' };
  writeTree(join(source.folder, source.name), context.seed, files);
  return { source, edits: planTreeEdits(context.seed, files) };
}

/** One round of the tree: first snapshot, unchanged by metadata, unchanged with every byte read, second version, restore. */
export async function treeWork(context: BenchContext, tree: Tree, round: number): Promise<void> {
  for (const contender of contendersOf(context, 'tree', round)) {
    const folder = join(context.folder, 'turn');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    await wait(settleMs);
    let isEdited = false;
    const edit = (): void => {
      isEdited = true;
      editTree(join(tree.source.folder, tree.source.name), context.seed, tree.edits);
    };
    try {
      await takeTurn(context, { work: 'tree', contender: contender.name, round }, contender, tree.source, folder, edit);
    } catch (error) {
      context.fail(`${contender.name}, tree: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (isEdited) revertTree(join(tree.source.folder, tree.source.name), context.seed, tree.edits);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takeTurn(context: BenchContext, turn: Turn, contender: Contender, source: BenchSource, folder: string, edit: () => void): Promise<void> {
  const repository = join(folder, 'repository');
  context.say(`round ${turn.round}, tree: ${contender.name}`);
  await runCommand(contender.initialize(repository));
  const emptyBytes = folderBytes(repository);
  await measureStep(context, turn, 'first', contender.backup(repository, source, 'first'), () => ({ storedBytes: folderBytes(repository) - emptyBytes }));
  await measureStep(context, turn, 'unchanged', contender.backup(repository, source, 'again'));
  const readAll = contender.backupReadingAll(repository, source, 'reading');
  if (readAll !== undefined) await measureStep(context, turn, 'unchanged, all read', readAll);

  edit();
  const beforeBytes = folderBytes(repository);
  await measureStep(context, turn, 'second', contender.backup(repository, source, 'second'), () => ({ addedBytes: folderBytes(repository) - beforeBytes }));

  const target = join(folder, 'target');
  mkdirSync(target);
  await measureStep(context, turn, 'restore', contender.restore(repository, source, 'second', target));
  const difference = firstDifference(join(source.folder, source.name), join(target, source.name));
  if (difference !== undefined) throw new Error(`the tree that ${contender.name} restored differs at ${difference}`);
}
