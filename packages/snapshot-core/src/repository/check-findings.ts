import { SnapshotError } from '../errors/snapshot-error.ts';
import type { FileKind, Storage } from '../storage/storage.ts';
import type { CallOptions } from './call-options.ts';
import type { CheckFinding, CheckOptions, CheckReport } from './check-report.ts';

/** Collects what `check` finds, and counts what it looked at. */
export class CheckFindings {
  readonly #findings: { severity: CheckFinding['severity']; file: string; message: string }[] = [];
  /** Ids of the snapshots that a file harms. */
  readonly #harmed = new Map<string, Set<string>>();
  readonly #damagedSnapshots = new Set<string>();
  readonly #onProgress: CheckOptions['onProgress'];
  filesChecked = 0;
  bytesRead = 0;
  /** Bytes of what is going to be read whole, once that is known. */
  totalBytes: number | undefined;

  constructor(onProgress?: CheckOptions['onProgress']) {
    this.#onProgress = onProgress;
  }

  add(severity: CheckFinding['severity'], kind: FileKind, name: string, message: string): void {
    this.#findings.push({ severity, file: `${kind}/${name}`, message });
  }

  /** Whether there is a finding for the file already. */
  has(kind: FileKind, name: string): boolean {
    return this.#findings.some(({ file }) => file === `${kind}/${name}`);
  }

  /** Records that a snapshot cannot be restored whole because of a file. */
  harm(kind: FileKind, name: string, snapshotId: string): void {
    const file = `${kind}/${name}`;
    this.#harmed.set(file, (this.#harmed.get(file) ?? new Set()).add(snapshotId));
    this.#damagedSnapshots.add(snapshotId);
  }

  /**
   * Runs a look at a file; damage, absence and read errors become a finding and `undefined`. Aborts pass through, and so does
   * `repository/key-outdated`: whoever lacks a data key cannot judge.
   */
  async look<T>(kind: FileKind, name: string, work: () => Promise<T> | T): Promise<T | undefined> {
    this.filesChecked++;
    try {
      return await work();
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'repository/key-outdated') throw new SnapshotError(error.code, `${error.message} (${kind} ${name})`);
      // Small files may be forgotten or replaced by another process after they were listed; packs may not, under our lease.
      if (error.code !== 'storage/not-found' || kind === 'pack') this.add('error', kind, name, error.message);
      return undefined;
    }
  }

  /** Names of the packs with damage, sorted. */
  get damagedPacks(): readonly string[] {
    const files = this.#findings.filter(({ severity, file }) => severity === 'error' && file.startsWith('pack/')).map(({ file }) => file.slice('pack/'.length));
    return [...new Set(files)].toSorted();
  }

  report(): CheckReport {
    const findings = this.#findings.map((finding) => ({ ...finding, damagedSnapshots: [...(this.#harmed.get(finding.file) ?? [])].toSorted() }));
    return {
      intact: !findings.some(({ severity }) => severity === 'error') && this.#damagedSnapshots.size === 0,
      findings,
      damagedSnapshots: [...this.#damagedSnapshots].toSorted(),
      damagedPacks: this.damagedPacks,
      filesChecked: this.filesChecked,
      bytesRead: this.bytesRead,
    };
  }

  /** The storage, with every byte read through it counted here. */
  counting(storage: Storage, options?: CallOptions): Pick<Storage, 'get' | 'getRange' | 'list'> {
    const count = (bytes: Uint8Array) => {
      this.bytesRead += bytes.length;
      this.#onProgress?.({ filesChecked: this.filesChecked, bytesRead: this.bytesRead, ...(this.totalBytes !== undefined && { totalBytes: this.totalBytes }) });
      return bytes;
    };
    return {
      get: async (kind, name) => count(await storage.get(kind, name, options)),
      getRange: async (kind, name, offset, lengthBytes) => count(await storage.getRange(kind, name, offset, lengthBytes, options)),
      list: (kind) => storage.list(kind, options),
    };
  }
}
