import { canonicalJson } from './canonical-json.ts';
import { toHex, utf8 } from './encode-bytes.ts';

/** SHA-256 of bytes, or of a text in UTF-8, as 64 lower-case hexadecimal digits. Uses the platform's Web Crypto. */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const bytes = typeof data === 'string' ? utf8(data) : new Uint8Array(data);
  return toHex(new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes)));
}

/** SHA-256 over the canonical JSON of a value: the digest every plan, payload and descriptor is known by. */
export async function digestJson(value: unknown): Promise<string> {
  return sha256Hex(canonicalJson(value));
}
