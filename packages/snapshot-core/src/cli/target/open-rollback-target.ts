import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SnapshotError, openFileVolume, type RollbackTarget, type SnapshotRecord, type SnapshotSourceKind } from '../../index.ts';

/** What is rolled back; dispose of it afterwards. */
export interface OpenedTarget extends AsyncDisposable {
  /** Absolute, without symlinks. */
  readonly path: string;
  /** As it was named, absolute: what `backup` recorded when it was given the same name. */
  readonly namedPath: string;
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
    const namedPath = resolve(name);
    const path = await realpath(name);
    if ((await stat(path)).isDirectory()) return { path, namedPath, kind: 'tree', target: path, [Symbol.asyncDispose]: async () => {} };
    const volume = await openFileVolume(path, { readOnly });
    return { path, namedPath, kind: 'image', target: volume, [Symbol.asyncDispose]: () => volume.close() };
  } catch (cause) {
    if (SnapshotError.isInstance(cause)) throw cause;
    throw new SnapshotError('target/unusable', `cannot look at ${name}; check the path and its permissions`, { cause });
  }
}

/** Whether a snapshot was taken of this target, under the name that it was given or the one that it has without symlinks. Pure. */
export function isTakenOf({ source }: SnapshotRecord, { path, namedPath, kind }: Pick<OpenedTarget, 'path' | 'namedPath' | 'kind'>): boolean {
  return source.kind === kind && (source.description === path || source.description === namedPath);
}
