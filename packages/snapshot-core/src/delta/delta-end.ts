import { fstatSync } from 'node:fs';
import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { openFileVolume } from '../source/open-file-volume.ts';
import type { VolumePort } from '../source/volume-port.ts';
import { createDescriptorReader, type EndReader } from './end-reader.ts';
import { openSnapshotReader, type SnapshotReader } from './snapshot-reader.ts';

/**
 * What a delta leads from or to: a file or block device by its path, an open volume, or an image snapshot.
 * Snapshots of directory trees are refused with `snapshot/wrong-kind`: a delta is about one sequence of bytes.
 */
export type DeltaEnd =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'volume'; readonly volume: VolumePort }
  | { readonly kind: 'snapshot'; readonly repository: Repository; readonly snapshotId: string };

/** An end, ready to be read. */
export interface OpenEnd {
  readonly reader: EndReader;
  /** The same reader, where the end is a snapshot. */
  readonly snapshot?: SnapshotReader;
  /** @throws {SnapshotError} `source/unreadable` when a file was written to since it was opened */
  requireUnchanged(): void;
  close(): Promise<void>;
}

/** Opens an end. @throws {SnapshotError} `source/unreadable`, `snapshot/*`, `object/*` */
export async function openDeltaEnd(end: DeltaEnd, options: CallOptions): Promise<OpenEnd> {
  if (end.kind === 'volume') return { reader: createVolumeReader(end.volume), requireUnchanged: () => {}, close: async () => {} };
  if (end.kind === 'snapshot') {
    const snapshot = await openSnapshotReader(end.repository, end.snapshotId, options);
    return { reader: snapshot, snapshot, requireUnchanged: () => {}, close: async () => {} };
  }
  const volume = await openFileVolume(end.path, { readOnly: true });
  const stateOf = () => (volume.descriptor === undefined ? undefined : fstatSync(volume.descriptor, { bigint: true }));
  const before = stateOf();
  return {
    reader: createVolumeReader(volume),
    requireUnchanged() {
      const now = stateOf();
      if (now?.mtimeNs !== before?.mtimeNs || now?.size !== before?.size)
        throw new SnapshotError('source/unreadable', `${end.path} was written to while it was read; try again when it is at rest`);
    },
    close: () => volume.close(),
  };
}

function createVolumeReader(volume: VolumePort): EndReader {
  const { description, bytes, descriptor } = volume;
  if (descriptor !== undefined) return createDescriptorReader({ description, bytes, descriptor });
  return {
    description,
    bytes,
    async read(offset, into) {
      const count = await volume.read(offset, into);
      if (count !== into.length) throw new SnapshotError('source/unreadable', `${description} gave ${count} bytes at ${offset}, not ${into.length}; check the volume`);
    },
  };
}
