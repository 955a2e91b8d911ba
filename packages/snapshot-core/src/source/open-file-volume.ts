import { constants, type BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { deviceNumbers, findDevicesUnder } from './devices-under.ts';
import { factsFromStats, sameFile } from './file-facts.ts';
import { isGone, systemErrorCode } from './system-error-code.ts';
import type { VolumePort } from './volume-port.ts';

/** How to open an image file. */
export interface FileVolumeOptions {
  /** Open for reading only; `write` then fails. Default false. */
  readonly readOnly?: boolean;
  /** Create the file where there is none, and set it to this size when it is locked, before the first write: what is refused before that leaves a file as it was. */
  readonly resizeToBytes?: number;
}

/** A volume in a raw image file or block device. The caller closes it. */
export interface FileVolume extends VolumePort {
  close(): Promise<void>;
}

/**
 * Opens a raw image file, or a block device by its path, as a volume. Its description is the absolute path, by which an unfinished rollback is known.
 *
 * A block device is opened for writing only when nothing else on this machine has it: no file system mounted from it, no array, no swap.
 *
 * @throws {SnapshotError} `source/unreadable` when it cannot be opened or is neither file nor block device; `target/unusable` for a device that is in use
 */
export async function openFileVolume(path: string, options: FileVolumeOptions = {}): Promise<FileVolume> {
  const resizeToBytes = options.readOnly === true ? undefined : options.resizeToBytes;
  const file = await open(path, await flagsFor(path, options), 0o600).catch((cause: unknown) => {
    if (systemErrorCode(cause) === 'EBUSY') throw new SnapshotError('target/unusable', `${path} is in use: something is mounted from it, or it is a part of something else; unmount it first`, { cause });
    throw new SnapshotError('source/unreadable', `cannot open the image ${path}; check the path and its permissions`, { cause });
  });
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile() && !stats.isBlockDevice())
      throw new SnapshotError('source/unreadable', `${path} is neither a file nor a block device; name a raw image`);
    const newBytes = stats.isFile() ? resizeToBytes : undefined;
    const bytes = newBytes ?? (await sizeOf(file, stats.isFile() ? Number(stats.size) : undefined));
    return {
      description: resolve(path),
      descriptor: file.fd,
      bytes,
      async read(offset, into) {
        let done = 0;
        while (done < into.length) {
          const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
          if (bytesRead === 0) break;
          done += bytesRead;
        }
        return done;
      },
      async write(offset, from) {
        for (let done = 0; done < from.length;)
          done += (await file.write(from, done, from.length - done, offset + done)).bytesWritten;
      },
      flush: () => file.sync(),
      ...(newBytes !== undefined && { lock: () => file.truncate(newBytes) }),
      holdsPath: (other) => volumeHoldsPath(resolve(path), stats.isFile() ? undefined : stats.rdev, other),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** On Linux, `O_EXCL` without `O_CREAT` refuses a block device that is in use. It says nothing of files. */
async function flagsFor(path: string, { readOnly, resizeToBytes }: FileVolumeOptions): Promise<number> {
  if (readOnly === true) return constants.O_RDONLY;
  const present = await stat(path).catch((error: unknown) => ignoreGone(error));
  if (present?.isBlockDevice() === true) return constants.O_RDWR | constants.O_EXCL;
  return constants.O_RDWR | (resizeToBytes === undefined ? 0 : constants.O_CREAT);
}

type FileHandle = Awaited<ReturnType<typeof open>>;

/** A block device says 0 in `stat`: the end is found by halving, reading one byte at a time. */
async function sizeOf(file: FileHandle, knownBytes: number | undefined): Promise<number> {
  if (knownBytes !== undefined) return knownBytes;
  const probe = new Uint8Array(1);
  const readable = async (offset: number) => (await file.read(probe, 0, 1, offset)).bytesRead === 1;
  let low = 0;
  let high = 512;
  while (await readable(high - 1)) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await readable(middle - 1)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * True for the image itself, for a file system on the device or anything it is a part of, and for one that is mounted through a
 * loop device from the image. Elsewhere than on Linux only the image and the mounted device itself are known.
 */
async function volumeHoldsPath(image: string, device: bigint | undefined, path: string): Promise<boolean> {
  const there = await stat(path, { bigint: true });
  if (device !== undefined && there.dev === device) return true;
  const own = await stat(image, { bigint: true });
  if (isSame(own, there)) return true;
  if (process.platform !== 'linux') return false;
  const under = await findDevicesUnder(path);
  if (device !== undefined) return under.devices.has(deviceNumbers(device));
  for (const backing of under.images) {
    const file = await stat(backing, { bigint: true }).catch((error: unknown) => ignoreGone(error));
    if (file !== undefined && isSame(own, file)) return true;
  }
  return false;
}

function isSame(left: BigIntStats, right: BigIntStats): boolean {
  return sameFile(factsFromStats(left), factsFromStats(right));
}

function ignoreGone(error: unknown): undefined {
  if (!isGone(error)) throw error;
  return undefined;
}
