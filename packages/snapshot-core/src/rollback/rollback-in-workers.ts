import { SnapshotError } from '../errors/snapshot-error.ts';
import type { FileEntry } from '../format/tree-entry.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { withEngine } from '../snapshot/engine/with-engine.ts';
import { countPacked, packedChunkAt, PackedReferenceWriter } from '../format/packed-references.ts';
import { packContent, type PackedRun } from '../snapshot/window/pack-content.ts';
import { appendRange, rangesWithin, type ByteRange } from '../source/byte-range.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { runInOrder } from '../worker-pool/run-in-order.ts';
import { rollChunksTask, verifyChunksTask } from './roll-chunks-task.ts';
import type { VolumeRollback, VolumeRollbackOptions } from './rollback-volume.ts';

/** A task's share. */
const runBytes = 33_554_432;

/**
 * The same as `rollbackVolume` for a volume that is a file or device of this process: several runs of chunks at a time.
 *
 * @throws {SnapshotError} `object/*`, `target/write-failed`, `rollback/verification-failed`
 */
export async function rollbackInWorkers(
  repository: Repository, root: FileEntry, volume: VolumePort, descriptor: number, { verifyAll, workers, onProgress }: VolumeRollbackOptions, call: CallOptions,
): Promise<VolumeRollback> {
  const changed: ByteRange[] = [];
  let [rewritten, kept, bytesWritten] = [0, 0, 0];
  const isSmall = root.size < 2 * runBytes;
  await withEngine(repository, { ...call, workers: workers ?? (isSmall ? 0 : undefined) }, async ({ pool }) => {
    const limit = 2 * pool.size;
    const roll = async ({ packed, offset, lengthBytes }: PackedRun) => ({ ...(await pool.run(rollChunksTask, { descriptor, packed, offset })), endOffset: offset + lengthBytes });
    for await (const done of runInOrder(packContent(repository, root.content, runBytes, call), limit, roll)) {
      rewritten += done.rewritten;
      kept += done.kept;
      bytesWritten += done.bytesWritten;
      for (const range of done.changed) appendRange(changed, range);
      onProgress('write', done.endOffset, bytesWritten);
    }
    await volume.flush();
    const verify = async ({ packed, offset, lengthBytes }: PackedRun) => ({ wrongAt: await pool.run(verifyChunksTask, { descriptor, packed, offset }), endOffset: offset + lengthBytes });
    for await (const { wrongAt, endOffset } of runInOrder(runsToVerify(packContent(repository, root.content, runBytes, call), verifyAll ? undefined : changed), limit, verify)) {
      if (wrongAt !== undefined) throw new SnapshotError('rollback/verification-failed', `${volume.description} does not read back as stored at byte ${wrongAt}; check the disk, then resume`);
      onProgress('verify', endOffset, bytesWritten);
    }
  });
  return { rewritten, kept, bytesWritten };
}

/** The chunks of a content that lie in `changed`, which begins and ends with chunks; all of them without it. */
async function* runsToVerify(runs: AsyncIterable<PackedRun>, changed: readonly ByteRange[] | undefined): AsyncGenerator<PackedRun> {
  for await (const run of runs) {
    if (changed === undefined) yield run;
    else for (const range of rangesWithin(changed, { offset: run.offset, bytes: run.lengthBytes })) yield cutRun(run, range);
  }
}

function cutRun({ packed, offset }: PackedRun, range: ByteRange): PackedRun {
  const writer = new PackedReferenceWriter();
  let at = offset;
  for (let ordinal = 0; ordinal < countPacked(packed); ordinal++) {
    const chunk = packedChunkAt(packed, ordinal);
    if (at >= range.offset && at < range.offset + range.bytes) writer.add(chunk);
    at += chunk.lengthBytes;
  }
  return { packed: writer.finish(), offset: range.offset, lengthBytes: range.bytes };
}
