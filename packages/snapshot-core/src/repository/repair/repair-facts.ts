import type { FileKind } from '../../storage/storage.ts';

/** A small file that cannot be used. */
export interface DamagedFile {
  readonly kind: FileKind;
  readonly name: string;
  readonly problem: string;
}

/** A pack that is not as it should be. */
export interface DamagedPack {
  readonly name: string;
  /** `missing`: an index file lists it. `unknown`: neither it nor an index file says what is in it. `damaged`: some of it is intact. */
  readonly state: 'missing' | 'unknown' | 'damaged';
  readonly problem: string;
  /** Needed objects that are intact here and nowhere else to be relied on. */
  readonly endangeredCount: number;
  readonly condemnedAtMs?: number;
}

/** A snapshot that cannot be restored whole. */
export interface DamagedSnapshot {
  readonly id: string;
  readonly problem: string;
  /** Without it nothing of the snapshot can be kept. */
  readonly repaired?: { readonly newId: string; readonly lostFiles: number; readonly lostPages: number };
}

/** Everything a plan of a repair depends on. */
export interface RepairFacts {
  /** Copies of the config that are missing, damaged, or differ from the one that serves. */
  readonly configs: readonly DamagedFile[];
  readonly epochs: readonly DamagedFile[];
  readonly indexFiles: readonly DamagedFile[];
  /** Packs that no index file lists. */
  readonly unlistedPacks: readonly string[];
  readonly packs: readonly DamagedPack[];
  readonly snapshots: readonly DamagedSnapshot[];
  /** Snapshot records, key files and records that cannot be read. */
  readonly unreadable: readonly DamagedFile[];
  /** Files that no repository has. */
  readonly foreign: readonly DamagedFile[];
  readonly nowMs: number;
}
