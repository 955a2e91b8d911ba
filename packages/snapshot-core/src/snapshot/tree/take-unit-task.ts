import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { TreeEntry } from '../../format/tree-entry.ts';
import { joinPath } from '../../source/byte-path.ts';
import { bytesOfText } from '../../source/byte-text.ts';
import type { DirectoryHandle } from '../../source/directory-handle.ts';
import { openDirectory } from '../../source/directory-handle.ts';
import type { ExtendedAttributes } from '../../source/extended-attributes.ts';
import { sameFile } from '../../source/file-facts.ts';
import { loadExtendedAttributes } from '../../source/load-extended-attributes.ts';
import { withDirectory } from '../../source/open-parent.ts';
import { createPacer } from '../../source/pacer.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';
import type { TaskContext, WorkerTask } from '../../worker-pool/worker-task.ts';
import { engineToolsOf } from '../engine/engine-tools.ts';
import { objectPortOf } from '../object-port.ts';
import { SnapshotTally } from '../snapshot-tally.ts';
import { keepByName, reasonOfCode } from './keep-by-name.ts';
import type { TakeContext } from './take-context.ts';
import { takeDirectory } from './take-directory.ts';
import { takeNames } from './take-names.ts';
import type { NamesToTake, TakenItem } from './taken-item.ts';
import type { TakenUnit, TreeUnit } from './tree-unit.ts';
import { WorkBudget } from './work-budget.ts';

/** Takes one unit of a tree. */
export const takeUnitTask: WorkerTask<TreeUnit, TakenUnit> = {
  name: 'take-tree-unit',
  async run({ run, work, budgetEntries }, task) {
    const tools = engineToolsOf(task);
    const tally = new SnapshotTally(undefined);
    const { root: rootPath, clockOffsetMs, ...rest } = run;
    const context: TakeContext = {
      ...rest, excludedInodes: inodesOf(run.excluded), takeDirectory, tools, objects: objectPortOf(tools), tally, pacer: createPacer(task), check: () => task.throwIfAborted(), budget: new WorkBudget(budgetEntries),
      attributes: await attributesOf(task), nowMs: () => Date.now() + clockOffsetMs, linked: new Map(), linkedFiles: [],
    };
    const items = work.kind === 'names' ? await takeRest(context, rootPath, work) : [await takeRoot(context, rootPath, work.parent)];
    return { items, counts: tally.counts(), issues: tally.issues.bundle(), linkedFiles: context.linkedFiles };
  },
};

const noPath = new Uint8Array(0);
const memoryKey = 'extended attributes';

/**
 * Takes names of a directory that was left by another unit. When it cannot be reached any more, or is another one by now, nobody knows what became of
 * what it held: it may have been moved to where a rollback would remove it. So the names are kept, and the snapshot is incomplete.
 */
async function takeRest(context: TakeContext, rootPath: Uint8Array, work: NamesToTake): Promise<readonly TakenItem[]> {
  try {
    return await withRoot(rootPath, (root) => withDirectory(root, work.path, async (directory) =>
      sameFile(directory.facts, work.directory) ? takeNames(context, directory, work) : keepNames(context, work, 'failed', 'another directory took the place of its own while the snapshot was taken')));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return keepNames(context, work, reasonOfCode(code), `its directory could not be reached any more: ${code}`);
  }
}

function keepNames(context: TakeContext, { path, names }: NamesToTake, reason: 'permission' | 'failed', message: string): readonly TakenItem[] {
  const kept = names.map((text) => {
    const name = bytesOfText(text);
    return keepByName(context, joinPath(path, name), { name, facts: undefined, reason, message });
  });
  return kept.filter((item) => item !== undefined);
}

/** @throws {SnapshotError} `source/unreadable` when the root cannot be listed or entered */
async function takeRoot(context: TakeContext, rootPath: Uint8Array, parent: TreeEntry | undefined): Promise<TakenItem> {
  try {
    return await withRoot(rootPath, (root) => takeDirectory(context, root, { path: noPath, name: noPath, facts: root.facts }, parent));
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new SnapshotError('source/unreadable', `cannot read the directory that a snapshot is to be taken of: ${code}; check its permissions and the disk`, { cause });
  }
}

async function withRoot<T>(rootPath: Uint8Array, work: (root: DirectoryHandle) => Promise<T>): Promise<T> {
  const root = openDirectory(rootPath);
  try {
    return await work(root);
  } finally {
    root.close();
  }
}

function inodesOf(excluded: TreeUnit['run']['excluded']): Set<number> {
  return new Set([...excluded.keys()].map((key) => Number(key.slice(key.indexOf(':') + 1))));
}

/** The add-on is loaded once for each thread. */
async function attributesOf({ memory }: TaskContext): Promise<ExtendedAttributes> {
  const known = memory.get(memoryKey);
  if (known !== undefined) return known as ExtendedAttributes;
  const { attributes } = await loadExtendedAttributes();
  memory.set(memoryKey, attributes);
  return attributes;
}
