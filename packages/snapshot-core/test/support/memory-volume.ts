import type { DeltaOutput } from '../../src/delta/create-delta.ts';
import type { VolumePort } from '../../src/source/volume-port.ts';

/** A volume that lies in memory. */
export function createMemoryVolume(bytes: Uint8Array, description = 'a volume in memory'): VolumePort {
  return {
    description,
    bytes: bytes.length,
    read: async (offset, into) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).copy(into, 0, offset, offset + into.length),
    write: async (offset, from) => bytes.set(from, offset),
    flush: async () => {},
    holdsPath: async () => false,
  };
}

/** A delta that is kept in memory as it is made. */
export function createMemoryOutput(): DeltaOutput & { bytes(): Buffer } {
  const parts: Uint8Array[] = [];
  return { write: async (bytes) => void parts.push(bytes), bytes: () => Buffer.concat(parts) };
}
