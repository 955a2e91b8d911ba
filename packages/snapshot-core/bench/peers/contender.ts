import type { Command } from '../run/run-command.ts';

/** What is backed up: `name` inside `folder`, a raw image or a tree. */
export interface BenchSource {
  readonly kind: 'image' | 'tree';
  readonly folder: string;
  readonly name: string;
}

/** A backup program in one configuration. Its methods give commands and run nothing. */
export interface Contender {
  /** Shown in tables, such as `restic off`. */
  readonly name: string;
  /** Ours or a peer; the first word of every peer's name is its program. */
  readonly isOurs: boolean;
  readonly works: readonly BenchSource['kind'][];
  /** Makes an empty repository at `repository`; not timed. */
  initialize(repository: string): Command;
  /** Takes a snapshot: the first one, or one more of the same source. `label` is new in the repository. */
  backup(repository: string, source: BenchSource, label: string): Command;
  /** Takes one more snapshot that reads every byte again, whatever the metadata says; undefined when it cannot. */
  backupReadingAll(repository: string, source: BenchSource, label: string): Command | undefined;
  /** Restores the latest snapshot, which is called `label`, into the empty folder `target`, under the source's name. */
  restore(repository: string, source: BenchSource, label: string, target: string): Command;
  /** Brings the changed source itself back to its latest snapshot; undefined when it cannot. */
  restoreInPlace(repository: string, source: BenchSource): Command | undefined;
}
