import { realpath, stat } from 'node:fs/promises';
import { SnapshotError, openFileVolume, type RollbackTarget, type SnapshotSourceKind } from '../../index.ts';

/** What is rolled back; dispose of it afterwards. */
export interface OpenedTarget extends AsyncDisposable {
  /** Absolute, without symlinks. */
  readonly path: string;
  readonly kind: SnapshotSourceKind;
  readonly target: RollbackTarget;
}

/**
 * Opens a directory, an image file or a block device for a rollback.
 *
 * @param readOnly only look: an image is opened for reading
 * @throws {SnapshotError} `target/unusable`, `source/unreadable`
 */
export async function openRollbackTarget(name: string, readOnly: boolean): Promise<OpenedTarget> {
  try {
    const path = await realpath(name);
    if ((await stat(path)).isDirectory()) return { path, kind: 'tree', target: path, [Symbol.asyncDispose]: async () => {} };
    const volume = await openFileVolume(path, { readOnly });
    return { path, kind: 'image', target: volume, [Symbol.asyncDispose]: () => volume.close() };
  } catch (cause) {
    if (SnapshotError.isInstance(cause)) throw cause;
    throw new SnapshotError('target/unusable', `cannot look at ${name}; check the path and its permissions`, { cause });
  }
}
