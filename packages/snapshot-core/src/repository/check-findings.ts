import { SnapshotError } from '../errors/snapshot-error.ts';
import type { FileKind, Storage } from '../storage/storage.ts';
import type { CallOptions } from './call-options.ts';
import type { CheckFinding, CheckOptions, CheckReport } from './check-report.ts';
import { isReadFailure } from './is-read-failure.ts';

/** Collects what `check` finds, and counts what it looked at. */
export class CheckFindings {
  readonly #findings: { severity: CheckFinding['severity']; file: string; message: string }[] = [];
  /** Ids of the snapshots that a file harms, and of those it leaves open, by file. */
  readonly #harmed = new Map<string, Set<string>>();
  readonly #doubted = new Map<string, Set<string>>();
  readonly #unread = new Set<string>();
  readonly #onProgress: CheckOptions['onProgress'];
  filesChecked = 0;
  bytesRead = 0;
  /** Bytes of what is going to be read whole, once that is known. */
  totalBytes: number | undefined;

  constructor(onProgress?: CheckOptions['onProgress']) {
    this.#onProgress = onProgress;
  }

  add(severity: CheckFinding['severity'], kind: FileKind, name: string, message: string): void {
    const file = `${kind}/${name}`;
    if (severity === 'unread') this.#unread.add(file);
    this.#findings.push({ severity, file, message });
  }

  /** Adds what an error says about a file: damage, or that nobody knows because it could not be read. Of the latter one for each file will do. */
  addError(kind: FileKind, name: string, error: SnapshotError): void {
    if (!isReadFailure(error)) this.add('error', kind, name, error.message);
    else if (!this.isUnread(kind, name)) this.add('unread', kind, name, `it could not be read, asked twice, and may be intact: ${error.message}`);
  }

  /** Whether there is a finding for the file already. */
  has(kind: FileKind, name: string): boolean {
    return this.#findings.some(({ file }) => file === `${kind}/${name}`);
  }

  /** Whether the file could not be read. */
  isUnread(kind: FileKind, name: string): boolean {
    return this.#unread.has(`${kind}/${name}`);
  }

  /** Names of the files of a kind that could not be read. */
  unreadFiles(kind: FileKind): readonly string[] {
    return [...this.#unread].filter((file) => file.startsWith(`${kind}/`)).map((file) => file.slice(kind.length + 1));
  }

  /** Records that a snapshot cannot be restored whole because of a file. */
  harm(kind: FileKind, name: string, snapshotId: string): void {
    remember(this.#harmed, `${kind}/${name}`, snapshotId);
  }

  /** Records that nobody knows whether a snapshot can be restored whole, because a file could not be read. */
  doubt(kind: FileKind, name: string, snapshotId: string): void {
    remember(this.#doubted, `${kind}/${name}`, snapshotId);
  }

  /** Records what a snapshot owes to files of which each one alone would do, and none can be used: harm, unless one could not be read. */
  blame(kind: FileKind, names: readonly string[], snapshotId: string): void {
    const unread = names.filter((name) => this.isUnread(kind, name));
    for (const name of unread) this.doubt(kind, name, snapshotId);
    if (unread.length === 0) for (const name of names) this.harm(kind, name, snapshotId);
  }

  /** Runs a look at a file and counts it; otherwise as `read`. */
  async look<T>(kind: FileKind, name: string, work: () => Promise<T> | T): Promise<T | undefined> {
    this.filesChecked++;
    return this.read(kind, name, work);
  }

  /**
   * Reads a file; damage, absence and read errors become a finding and `undefined`. Aborts pass through, and so does
   * `repository/key-outdated`: whoever lacks a data key cannot judge.
   */
  async read<T>(kind: FileKind, name: string, work: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'repository/key-outdated') throw new SnapshotError(error.code, `${error.message} (${kind} ${name})`);
      // Small files may be forgotten or replaced by another process after they were listed; packs may not, under our lease.
      if (error.code !== 'storage/not-found' || kind === 'pack') this.addError(kind, name, error);
      return undefined;
    }
  }

  /** Names of the packs with damage, sorted. */
  get damagedPacks(): readonly string[] {
    const files = this.#findings.filter(({ severity, file }) => severity === 'error' && file.startsWith('pack/')).map(({ file }) => file.slice('pack/'.length));
    return [...new Set(files)].toSorted();
  }

  report(): CheckReport {
    const damaged = new Set(Array.from(this.#harmed.values()).flatMap((ids) => [...ids]));
    const unverified = new Set(Array.from(this.#doubted.values()).flatMap((ids) => [...ids].filter((id) => !damaged.has(id))));
    const findings = this.#findings.map((finding) => ({
      ...finding,
      damagedSnapshots: finding.severity === 'unread' ? [] : [...(this.#harmed.get(finding.file) ?? [])].toSorted(),
      unverifiedSnapshots: finding.severity === 'unread' ? [...(this.#doubted.get(finding.file) ?? [])].toSorted() : [],
    }));
    return {
      intact: findings.every(({ severity }) => severity === 'warning') && damaged.size === 0 && unverified.size === 0,
      findings,
      damagedSnapshots: [...damaged].toSorted(),
      unverifiedSnapshots: [...unverified].toSorted(),
      damagedPacks: this.damagedPacks,
      filesChecked: this.filesChecked,
      bytesRead: this.bytesRead,
    };
  }

  /** The storage, with every byte read through it counted here. What it does not give is asked for once more: networks hiccup, and so do disks. */
  counting(storage: Storage, options?: CallOptions): Pick<Storage, 'get' | 'getRange' | 'list'> {
    const count = (bytes: Uint8Array) => {
      this.bytesRead += bytes.length;
      this.#onProgress?.({ filesChecked: this.filesChecked, bytesRead: this.bytesRead, ...(this.totalBytes !== undefined && { totalBytes: this.totalBytes }) });
      return bytes;
    };
    return {
      get: async (kind, name) => count(await twice(() => storage.get(kind, name, options))),
      getRange: async (kind, name, offset, lengthBytes) => count(await twice(() => storage.getRange(kind, name, offset, lengthBytes, options))),
      list: (kind) => storage.list(kind, options),
    };
  }
}

async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!SnapshotError.isInstance(error) || !isReadFailure(error)) throw error;
    return work();
  }
}

function remember(idsByFile: Map<string, Set<string>>, file: string, snapshotId: string): void {
  idsByFile.set(file, (idsByFile.get(file) ?? new Set()).add(snapshotId));
}
