import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeChecked } from './encode-checked.ts';

const leaseModes = ['shared', 'exclusive'] as const;

/** One holder's claim on the repository. Times are the storage's, milliseconds since 1970 UTC. */
export interface LeaseRecord {
  /** `shared`: any number at once. `exclusive`: alone. */
  readonly mode: (typeof leaseModes)[number];
  readonly hostname: string;
  readonly processId: number;
  readonly renewedAtMs: number;
  /** The claim is void from then on. */
  readonly expiresAtMs: number;
}

/** Encodes the payload of a lease file. */
export function encodeLeaseRecord(lease: LeaseRecord): Uint8Array {
  return encodeChecked('a lease', lease, encode, decodeLeaseRecord);
}

/** Decodes the payload of a lease file. @throws {SnapshotError} `format/damaged` */
export function decodeLeaseRecord(payload: Uint8Array): LeaseRecord {
  const reader = new ByteReader(payload, 'a lease');
  const mode = leaseModes[reader.u8()];
  if (mode === undefined) throw reader.damaged('its mode is unknown');
  const lease = { mode, processId: reader.u32(), renewedAtMs: reader.u64(), expiresAtMs: reader.u64(), hostname: reader.text8() };
  reader.finish();
  return lease;
}

function encode(lease: LeaseRecord): Uint8Array {
  return new ByteWriter().u8(leaseModes.indexOf(lease.mode)).u32(lease.processId).u64(lease.renewedAtMs).u64(lease.expiresAtMs).text8(lease.hostname).finish();
}
