import type { TreeEntry } from '../../format/tree-entry.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { CallOptions } from '../../repository/call-options.ts';
import type { Repository } from '../../repository/repository.ts';
import type { DamageWatch } from '../damage-watch.ts';
import type { Engine } from '../engine/with-engine.ts';
import type { IssueBundle } from '../item-issue.ts';
import type { SnapshotTally } from '../snapshot-tally.ts';
import { finishDirectory } from './finish-directory.ts';
import { countLinkedOnce, type LinkedFile } from './linked-file.ts';
import { takeUnitTask } from './take-unit-task.ts';
import type { FinishedItem, OpenDirectory, TakenItem } from './taken-item.ts';
import type { TreeRun, TreeUnit } from './tree-unit.ts';

/** What an assembly works with. */
export interface TreeAssemblyParts {
  readonly repository: Repository;
  readonly engine: Engine;
  readonly tally: SnapshotTally;
  readonly run: TreeRun;
  readonly options: CallOptions;
  /** Where a parent is relied on. */
  readonly damage: DamageWatch | undefined;
}

/** Entries that a unit takes before it leaves the rest to others: some tens of milliseconds of work. */
const budgetEntries = 4_096;
/** The first unit is there to find work for all threads. */
const firstBudgetEntries = 256;

/**
 * Has a tree taken unit by unit and puts it together: what a unit leaves becomes further units, and a directory of which several units
 * took parts gets its pages here. Where the tree was split does not show in what is stored, nor in what is counted.
 */
export class TreeAssembly {
  readonly #parts: TreeAssemblyParts;
  readonly #issues: IssueBundle[] = [];
  readonly #linkedFiles: LinkedFile[] = [];

  constructor(parts: TreeAssemblyParts) {
    this.#parts = parts;
  }

  /** Takes the whole tree, once. */
  async take(parent: TreeEntry | undefined): Promise<TreeEntry> {
    const { tally, run } = this.#parts;
    const [root] = await this.#runUnit({ run, work: { kind: 'root', parent }, budgetEntries: firstBudgetEntries });
    countLinkedOnce(tally, this.#linkedFiles);
    tally.issues.addAll(this.#issues);
    if (root?.kind !== 'entry') throw new SnapshotError('format/self-check', 'the root of the tree was not put together; nothing refers to it');
    return root.entry;
  }

  async #runUnit(unit: TreeUnit): Promise<readonly FinishedItem[]> {
    const { engine, tally, options, repository, damage } = this.#parts;
    const { items, counts, issues, linkedFiles } = await engine.pool.run(takeUnitTask, unit);
    options.signal?.throwIfAborted();
    await repository.engine.renewLeases();
    // What the unit relied on may lie in that pack: it must not be expected from the threads, which never saved it.
    damage?.requireNone();
    tally.add(counts);
    this.#issues.push(issues);
    this.#linkedFiles.push(...linkedFiles);
    tally.progress();
    return this.#finishItems(items);
  }

  /** Starts all that is left before it waits for any of it. */
  async #finishItems(items: readonly TakenItem[]): Promise<readonly FinishedItem[]> {
    return (await Promise.all(items.map((item) => this.#finishItem(item)))).flat();
  }

  async #finishItem(item: TakenItem): Promise<readonly FinishedItem[]> {
    const { engine, run } = this.#parts;
    switch (item.kind) {
      case 'rest':
        return this.#runUnit({ run, work: { kind: 'names', ...item.rest }, budgetEntries });
      case 'open':
        return [{ kind: 'entry', entry: await this.#finishDirectory(item.directory) }];
      case 'page':
        engine.expect(item.page.reference.id, 'tree');
        return [item];
      case 'entry':
        if ('content' in item.entry) for (const { id, kind } of item.entry.content.references) engine.expect(id, kind);
        return [item];
    }
  }

  async #finishDirectory({ head, items }: OpenDirectory): Promise<TreeEntry> {
    const { repository, tally, options } = this.#parts;
    return finishDirectory(repository, tally.saved, head, await this.#finishItems(items), options);
  }
}
