import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';

/** A pack that no snapshot needed when prune looked. It is deleted by a later run, after the grace time. */
export interface CondemnedPack {
  readonly packName: string;
  readonly condemnedAtMs: number;
}

/** The state prune leaves behind: each file holds all of it, and the highest epoch counts. */
export interface PruneEpoch {
  /** 0 before the first prune; raised by one with each change. */
  readonly epoch: number;
  readonly condemned: readonly CondemnedPack[];
}

const packNameBytes = 32;
const condemnedBytes = 40;

/** Name of an epoch's file: eight digits, so that names sort like numbers. Two processes cannot create the same epoch. */
export function epochFileName(epoch: number): string {
  return epoch.toString().padStart(8, '0');
}

/** Encodes the payload of an epoch file. */
export function encodePruneEpoch(epoch: PruneEpoch): Uint8Array {
  return encodeChecked('a prune epoch', epoch, encode, decodePruneEpoch);
}

/** Decodes the payload of an epoch file. @throws {SnapshotError} `format/damaged` */
export function decodePruneEpoch(payload: Uint8Array): PruneEpoch {
  const reader = new ByteReader(payload, 'a prune epoch');
  const epoch = reader.u32();
  const count = reader.u32();
  if (reader.remaining !== count * condemnedBytes) throw reader.damaged('its count does not match its length');
  const condemned = Array.from({ length: count }, () => ({ packName: reader.hex(packNameBytes), condemnedAtMs: reader.u64() }));
  reader.finish();
  return { epoch, condemned };
}

function encode({ epoch, condemned }: PruneEpoch): Uint8Array {
  const writer = new ByteWriter().u32(epoch).u32(condemned.length);
  for (const { packName, condemnedAtMs } of condemned) writer.hex(packName, packNameBytes).u64(condemnedAtMs);
  return writer.finish();
}
