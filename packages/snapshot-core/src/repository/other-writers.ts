import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ObjectId, ObjectKind } from '../format/object-reference.ts';
import type { PackManifest } from '../format/pack-manifest.ts';

/** A writer in another thread, as far as the index's owner deals with it. */
export interface OtherWriter {
  /** Resolves when everything it has saved so far is durable and announced. */
  flush(): Promise<void>;
}

/** Writers over the same repository, and what they have saved but not announced yet. */
export class OtherWriters {
  readonly #writers = new Set<OtherWriter>();
  /** By kind and id. No more than what fits into the open packs of the writers. */
  readonly #expected = new Set<string>();

  /** @returns ends it; what is still expected stays so, and makes the next flush fail, unless it is forgotten */
  attach(writer: OtherWriter): () => void {
    this.#writers.add(writer);
    return () => this.#writers.delete(writer);
  }

  expect(id: ObjectId | Uint8Array, kind: ObjectKind): void {
    this.#expected.add(keyOf(id, kind));
  }

  expects(id: ObjectId | Uint8Array, kind: ObjectKind | undefined): boolean {
    if (this.#expected.size === 0) return false;
    return kind === undefined ? this.#expected.has(keyOf(id, 'data')) || this.#expected.has(keyOf(id, 'tree')) : this.#expected.has(keyOf(id, kind));
  }

  /** Forgets what is expected, where no writer is left that could bring it. @returns whether there was anything to forget */
  forgetLost(): boolean {
    if (this.#writers.size > 0 || this.#expected.size === 0) return false;
    this.#expected.clear();
    return true;
  }

  /** Strikes the objects of a durable pack off. */
  arrived({ kind, directory }: PackManifest): void {
    if (this.#expected.size > 0) for (let ordinal = 0; ordinal < directory.objectCount; ordinal++) this.#expected.delete(keyOf(directory.idAt(ordinal), kind));
  }

  /**
   * Waits until all that is expected now has come. The writers go on working meanwhile, so more may be expected when it resolves.
   *
   * @throws {SnapshotError} `worker/lost` when an object did not come
   */
  async flush(): Promise<void> {
    const awaited = [...this.#expected];
    await Promise.all([...this.#writers].map((writer) => writer.flush()));
    const lost = awaited.find((key) => this.#expected.has(key));
    if (lost !== undefined) throw new SnapshotError('worker/lost', `the ${lost}, which a worker had saved, did not reach the storage; open the repository again and repeat the work`);
  }
}

function keyOf(id: ObjectId | Uint8Array, kind: ObjectKind): string {
  return `${kind} ${typeof id === 'string' ? id : Buffer.from(id.buffer, id.byteOffset, id.length).toString('hex')}`;
}
