import type { ObjectIndex } from '../chunk-index/object-index.ts';
import { SnapshotError } from '../errors/snapshot-error.ts';

/**
 * Notices damage that is met while stored objects are relied on. What lies in the same pack may have been relied on before the damage was
 * met, and nobody has looked at it since.
 */
export class DamageWatch {
  readonly #index: Pick<ObjectIndex, 'distrustedCount'>;
  readonly #knownCount: number;

  /** Damage that is known by now does not count: nothing that is new relies on those packs. */
  constructor(index: Pick<ObjectIndex, 'distrustedCount'>) {
    this.#index = index;
    this.#knownCount = index.distrustedCount;
  }

  /** Whether any thread has met damage in a pack that was relied on until then. */
  get hasMetDamage(): boolean {
    return this.#index.distrustedCount > this.#knownCount;
  }

  /** @throws {SnapshotError} `object/damaged` when damage was met */
  requireNone(): void {
    if (this.hasMetDamage) throw new SnapshotError('object/damaged', 'damage was met in a pack from which objects had been taken over; take the snapshot again');
  }
}
