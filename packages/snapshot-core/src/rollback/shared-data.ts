import { hardLinkGroup } from '../format/hard-link-group.ts';
import type { FileEntry } from '../format/tree-entry.ts';
import { fileIdKey } from '../source/file-facts.ts';
import type { FileFacts } from '../source/file-facts.ts';
import type { DataSharing } from './decide-rollback.ts';

/** Remembers which names of the target share their data, and which files of the snapshot are one file under several names. */
export class SharedData {
  readonly #present = new Map<string, { names: number; groups: Set<string> }>();
  readonly #first = new Map<string, Uint8Array>();

  /** Notes a name that stays in the target, with the stored file it belongs to. */
  note(present: FileFacts, stored: FileEntry, path: Uint8Array): void {
    if (present.linkCount <= 1) return;
    const known = this.#present.get(fileIdKey(present)) ?? { names: 0, groups: new Set<string>() };
    known.names += 1;
    known.groups.add(hardLinkGroup(stored) ?? `path:${Buffer.from(path).toString('hex')}`);
    this.#present.set(fileIdKey(present), known);
  }

  /** How a present file, looked at just now, shares its data. */
  sharing(present: FileFacts): DataSharing {
    if (present.linkCount <= 1) return 'none';
    const known = this.#present.get(fileIdKey(present));
    if (known !== undefined && known.groups.size > 1) return 'separate-in-snapshot';
    return known?.names === present.linkCount ? 'as-stored' : 'unknown-names';
  }

  /** Notes that a name left its data: it was replaced by a new file. */
  forget(present: FileFacts): void {
    const known = this.#present.get(fileIdKey(present));
    if (known !== undefined) known.names -= 1;
  }

  /** Path of the name of the same stored file that came first; answers `undefined` and remembers `path` when this is the first. */
  firstName(stored: FileEntry, path: Uint8Array): Uint8Array | undefined {
    const group = hardLinkGroup(stored);
    if (group === undefined) return undefined;
    const first = this.#first.get(group);
    if (first === undefined) this.#first.set(group, path);
    return first;
  }
}
