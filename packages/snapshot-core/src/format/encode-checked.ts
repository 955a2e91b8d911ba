import { SnapshotError } from '../errors/snapshot-error.ts';
import { sameBytes } from './same-bytes.ts';

/**
 * Encodes, decodes the result and encodes that again: bytes that do not come back the same never leave.
 *
 * @throws {SnapshotError} `format/self-check`; whatever `encode` throws
 */
export function encodeChecked<T>(what: string, value: T, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T): Uint8Array {
  const encoded = encode(value);
  let again: Uint8Array;
  try {
    again = encode(decode(encoded));
  } catch (cause) {
    throw new SnapshotError('format/self-check', `${what} was encoded to bytes that cannot be decoded; nothing was written`, { cause });
  }
  if (!sameBytes(encoded, again)) throw new SnapshotError('format/self-check', `${what} does not survive its own decoding; nothing was written`);
  return encoded;
}
