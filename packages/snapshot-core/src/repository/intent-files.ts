import { openSealedFile, sealFile, type FileEnvelope } from '../format/sealed-file.ts';

/** Seals an intent file for its name: in an encrypted repository it opens under no other. */
export function encodeIntentFile(payload: Uint8Array, name: string, envelope: FileEnvelope): Uint8Array {
  return sealFile('intent', envelope, payload, name);
}

/** Opens an intent file. The caller owns the bytes. @throws {SnapshotError} `format/damaged`, `format/unsupported` */
export function decodeIntentFile(bytes: Uint8Array, name: string, envelope: FileEnvelope): Uint8Array {
  return new Uint8Array(openSealedFile('intent', bytes, `the record ${name}`, envelope, name).payload);
}
