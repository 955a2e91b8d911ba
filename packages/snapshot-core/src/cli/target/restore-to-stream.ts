import { pipeline } from 'node:stream/promises';
import { SnapshotError, readImage, type Repository, type SnapshotRecord } from '../../index.ts';
import { leaseOf } from '../global-flags.ts';
import type { VerbContext } from '../verb.ts';

/**
 * Writes an image to standard output, each chunk verified. Nothing else may be written there meanwhile.
 *
 * @throws {SnapshotError} `argument/invalid` with `--json`, whose lines would be mixed into the image, `target/write-failed`, `object/*`
 */
export async function restoreToStream({ surroundings, flags, signal }: VerbContext, repository: Repository, record: SnapshotRecord): Promise<void> {
  if (flags.json === true) throw new SnapshotError('argument/invalid', 'standard output cannot take both the image and JSON lines; leave --json out, or name a file');
  await repository.withLease('shared', async () => {
    try {
      await pipeline(readImage(repository, record.id, { signal }), surroundings.stdout as NodeJS.WritableStream, { signal, end: false });
    } catch (cause) {
      if (signal.aborted || SnapshotError.isInstance(cause)) throw cause;
      throw new SnapshotError('target/write-failed', 'standard output was closed before the whole image was written', { cause });
    }
  }, { signal, ...leaseOf(flags) });
}
