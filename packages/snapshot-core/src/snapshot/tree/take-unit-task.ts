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
    const root = openDirectory(rootPath);
    try {
      const items = work.kind === 'names' ? await takeRest(context, root, work) : [await takeDirectory(context, root, { path: noPath, name: noPath, facts: root.facts }, work.parent)];
      return { items, counts: tally.counts(), issues: tally.issues.bundle(), linkedFiles: context.linkedFiles };
    } finally {
      root.close();
    }
  },
};

const noPath = new Uint8Array(0);
const memoryKey = 'extended attributes';

/** A directory that is gone, or is another one by now, has lost all of its names. */
async function takeRest(context: TakeContext, root: DirectoryHandle, work: NamesToTake): Promise<readonly TakenItem[]> {
  try {
    return await withDirectory(root, work.path, async (directory) => (sameFile(directory.facts, work.directory) ? takeNames(context, directory, work) : []));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    context.tally.issues.add(work.path, 'vanished', `a part of it could not be read any more: ${code}`);
    return [];
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
