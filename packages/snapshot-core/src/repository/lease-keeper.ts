import { SnapshotError } from '../errors/snapshot-error.ts';
import { decodeLeaseRecord, encodeLeaseRecord, type LeaseRecord } from '../format/lease-record.ts';
import { openSealedFile, sealFile } from '../format/sealed-file.ts';
import type { Storage, StorageCallOptions, StoredFile } from '../storage/storage.ts';
import type { Clock } from './clock.ts';
import type { LeaseHolder, LeaseMode, LeaseOptions } from './lease.ts';
import { canCreateExclusively } from './require-exclusivity.ts';

/** A lease not renewed for so long is void. */
export const leaseDurationMs = 1_800_000;
const renewAfterMs = leaseDurationMs / 6;
const nameBytes = 16;
const pollEveryMs = 500;
/** How long a storage that cannot create exclusively may take until its lists show a new file. */
const settleMs = 2_000;

/** What a lease keeper takes from outside. */
export interface LeaseKeeperParts {
  readonly storage: Storage;
  readonly repositoryId: string;
  readonly clock: Clock;
  readonly holder: LeaseHolder;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
}

/** A lease this object holds. */
interface HeldLease {
  readonly mode: LeaseMode;
  /** Its files, or what may be one: none when the storage refuses writes or is full, several while it is renewed. */
  readonly names: Set<string>;
  /** What the storage has: tried since, but not done, does not count. */
  renewedAtMs: number;
  dueAtMs: number;
}

/**
 * Takes, renews and gives back leases. A lease is a file of its own: put it, then look who else has one. Two that arrive
 * together see each other and both step back. Time is the storage's, so clocks of different machines do not matter.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #held = new Set<HeldLease>();

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
  }

  /** Leases held through this object. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** @returns a function that gives the lease back; it never fails, because a lease left behind expires */
  async acquire(mode: LeaseMode, options: LeaseOptions = {}): Promise<() => Promise<void>> {
    const { storage, clock, randomBytes } = this.#parts;
    const giveUpAtMs = clock.nowMs() + (options.waitAtMostMs ?? 0);
    for (;;) {
      const nowMs = await storage.timeMs();
      const lease: HeldLease = { mode, names: new Set(), renewedAtMs: nowMs, dueAtMs: nowMs + renewAfterMs };
      const blocker = await this.#claim(lease, options).catch(async (error: unknown) => {
        await this.#remove(lease);
        throw error;
      });
      if (!blocker) {
        this.#held.add(lease);
        return async () => {
          this.#held.delete(lease);
          await this.#remove(lease);
        };
      }
      await this.#remove(lease);
      const remainingMs = giveUpAtMs - clock.nowMs();
      if (remainingMs <= 0) throw new SnapshotError('repository/locked', `${storage.description} is in use by ${blocker}; wait for it or ask for a longer wait`);
      const jitterMs = (pollEveryMs * (randomBytes(1)[0] ?? 0)) >> 8;
      await clock.sleep(Math.min(remainingMs, pollEveryMs + jitterMs), options);
    }
  }

  /**
   * Renews what is due. Call it often: it looks at the time only. A shared lease that cannot be renewed stays as it is, until it is due again:
   * nothing depends on it that a commit would not look into.
   *
   * @throws {SnapshotError} `repository/locked` when an exclusive lease expired, as after a long sleep of the machine: others may be at work;
   *   `storage/*` when one cannot be renewed
   */
  async renew(options?: StorageCallOptions): Promise<void> {
    const nowMs = await this.#parts.storage.timeMs();
    for (const lease of this.#held) {
      if (lease.mode === 'exclusive' && nowMs >= lease.renewedAtMs + leaseDurationMs)
        throw new SnapshotError('repository/locked', `the exclusive lease on ${this.#parts.storage.description} expired while this process was not running; start the work again`);
      // To others a lease from the future is void, so a clock that was set back makes it due.
      const isDue = nowMs >= lease.dueAtMs || nowMs < lease.renewedAtMs;
      if (lease.names.size === 0 || !isDue) continue;
      lease.dueAtMs = nowMs + renewAfterMs;
      try {
        await this.#renew(lease, nowMs, options);
      } catch (error) {
        if (lease.mode === 'exclusive' || !SnapshotError.isInstance(error)) throw error;
      }
    }
  }

  async #claim(lease: HeldLease, options: LeaseOptions): Promise<string | undefined> {
    await this.#put(lease, lease.renewedAtMs, options);
    return options.ignoreOthers ? undefined : this.#look(lease, options);
  }

  /** A new file, then the old ones go. */
  async #renew(lease: HeldLease, nowMs: number, options?: StorageCallOptions): Promise<void> {
    const previous = [...lease.names];
    // No room for the new one: the old one still stands.
    if (!(await this.#put(lease, nowMs, options))) return;
    lease.renewedAtMs = nowMs;
    // It may have been given back meanwhile.
    if (!this.#held.has(lease)) await this.#remove(lease);
    // Not abortable: nobody would remove them later.
    for (const name of previous) {
      await this.#parts.storage.delete('lease', name);
      lease.names.delete(name);
    }
  }

  /** @returns whether it was stored; a shared lease does without */
  async #put(lease: HeldLease, renewedAtMs: number, options?: StorageCallOptions): Promise<boolean> {
    const { storage, repositoryId, holder, randomBytes } = this.#parts;
    const name = Buffer.from(randomBytes(nameBytes)).toString('hex');
    const payload = encodeLeaseRecord({ mode: lease.mode, hostname: holder.hostname, processId: holder.processId, renewedAtMs, expiresAtMs: renewedAtMs + leaseDurationMs });
    // A put that fails may have stored it nevertheless, so it is one to remove.
    lease.names.add(name);
    try {
      await storage.put('lease', name, [sealFile('lease', { repositoryId }, payload)], options);
      return true;
    } catch (error) {
      if (lease.mode === 'exclusive' || !SnapshotError.isInstance(error) || !['storage/read-only', 'storage/full'].includes(error.code)) throw error;
      lease.names.delete(name);
      return false;
    }
  }

  async #remove(lease: HeldLease): Promise<void> {
    for (const name of lease.names) await this.#parts.storage.delete('lease', name).catch(ignoreOwnErrors);
  }

  /** Looks for others, and a second time where lists may lag behind. It is enough that the exclusive one waits: either it sees the other or is seen. */
  async #look(own: HeldLease, options: LeaseOptions): Promise<string | undefined> {
    const { storage, clock } = this.#parts;
    const blocker = await this.#findBlocker(own, options);
    if (blocker !== undefined || own.mode === 'shared' || (await canCreateExclusively(storage, options.signal))) return blocker;
    await clock.sleep(settleMs, options);
    return this.#findBlocker(own, options);
  }

  /** Describes a live lease that excludes ours. Leases that are void are cleared away. */
  async #findBlocker(own: HeldLease, options?: StorageCallOptions): Promise<string | undefined> {
    const { storage } = this.#parts;
    const nowMs = await storage.timeMs();
    for await (const file of storage.list('lease', options)) {
      if (own.names.has(file.name)) continue;
      const lease = await this.#read(file, options);
      if (lease === undefined) continue;
      if (this.#isVoid(lease, nowMs)) await storage.delete('lease', file.name).catch(ignoreOwnErrors);
      else if (own.mode === 'exclusive' || lease.mode === 'exclusive')
        return `process ${lease.processId} on ${lease.hostname} (${lease.mode}, renewed ${new Date(lease.renewedAtMs).toISOString()})`;
    }
    return undefined;
  }

  /** A lease that cannot be read counts as shared from the time its file was written, until it would have expired: it keeps prune off, not recovery. */
  async #read(file: StoredFile, options?: StorageCallOptions): Promise<LeaseRecord | undefined> {
    try {
      const bytes = await this.#parts.storage.get('lease', file.name, options);
      return decodeLeaseRecord(openSealedFile('lease', bytes, `the lease ${file.name}`, { repositoryId: this.#parts.repositoryId }).payload);
    } catch (error) {
      if (!SnapshotError.isInstance(error)) throw error;
      if (error.code === 'storage/not-found') return undefined;
      if (error.code !== 'format/damaged' && error.code !== 'storage/failed') throw error;
      const renewedAtMs = Math.max(0, Math.floor(file.modifiedAtMs));
      return { mode: 'shared', hostname: 'an unknown host (the lease cannot be read)', processId: 0, renewedAtMs, expiresAtMs: renewedAtMs + leaseDurationMs };
    }
  }

  #isVoid(lease: LeaseRecord, nowMs: number): boolean {
    const { holder } = this.#parts;
    // A lease from the future was written under a clock that was wrong; it must not hold for years.
    if (nowMs >= lease.expiresAtMs || lease.renewedAtMs > nowMs + leaseDurationMs) return true;
    return lease.hostname === holder.hostname && !holder.isProcessAlive(lease.processId);
  }
}

function ignoreOwnErrors(error: unknown): void {
  if (!SnapshotError.isInstance(error)) throw error;
}
