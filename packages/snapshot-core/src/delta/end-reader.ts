import { readSync } from 'node:fs';
import { SnapshotError } from '../errors/snapshot-error.ts';

/** One end of a delta: bytes that can be read anywhere, by one caller at a time. */
export interface EndReader {
  /** For messages: the path, volume or snapshot. */
  readonly description: string;
  readonly bytes: number;
  /** A file that other threads can read at the same time. */
  readonly descriptor?: number | undefined;
  /** Fills all of `into`, which must lie within the end. @throws {SnapshotError} `source/unreadable`, `object/*` */
  read(offset: number, into: Uint8Array): Promise<void> | void;
}

/** What a file's reader is made of again on another thread. */
export type PortableEnd = Pick<EndReader, 'description' | 'bytes'> & { readonly descriptor: number };

/** Reads an open file. Whoever opened it closes it. */
export function createDescriptorReader({ descriptor, bytes, description }: PortableEnd): EndReader {
  return {
    description,
    bytes,
    descriptor,
    read(offset, into) {
      for (let done = 0; done < into.length; ) {
        const count = readPart(descriptor, into, done, offset + done, description);
        if (count === 0) throw new SnapshotError('source/unreadable', `${description} ended at byte ${offset + done}, before its ${bytes} bytes: it changed meanwhile. Try again when it is at rest`);
        done += count;
      }
    },
  };
}

function readPart(descriptor: number, into: Uint8Array, done: number, position: number, description: string): number {
  try {
    return readSync(descriptor, into, done, into.length - done, position);
  } catch (cause) {
    throw new SnapshotError('source/unreadable', `cannot read ${description} at byte ${position}: ${String(cause)}`, { cause });
  }
}
