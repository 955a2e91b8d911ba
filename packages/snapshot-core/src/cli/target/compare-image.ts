import { readImage, type Repository, type VolumePort } from '../../index.ts';

/** Rollbacks compare and write in blocks of this size. */
const blockBytes = 4_096;

/** Counts the bytes, in whole blocks, in which a volume differs from an image. Reads both whole; a part that cannot be read differs. */
export async function countDifferingBytes(repository: Repository, snapshotId: string, volume: VolumePort, onProgress: (bytesDone: number) => void, signal: AbortSignal): Promise<number> {
  let offset = 0;
  let differing = 0;
  let present = new Uint8Array(0);
  for await (const wanted of readImage(repository, snapshotId, { signal })) {
    if (present.length < wanted.length) present = new Uint8Array(wanted.length);
    const filled = await volume.read(offset, present.subarray(0, wanted.length)).catch(() => 0);
    for (let start = 0; start < wanted.length;) {
      const end = Math.min(wanted.length, start + blockBytes - ((offset + start) % blockBytes));
      if (end > filled || Buffer.compare(wanted.subarray(start, end), present.subarray(start, end)) !== 0) differing += end - start;
      start = end;
    }
    offset += wanted.length;
    onProgress(offset);
  }
  return differing;
}
