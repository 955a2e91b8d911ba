import { SnapshotError } from '../errors/snapshot-error.ts';
import type { HashName } from '../format/repository-config.ts';
import { digestBytes, type Identity } from './identity.ts';
import { loadNativeBlake3 } from './native-blake3.ts';
import { createSha256 } from './openssl-sha-256.ts';
import { loadWasmBlake3 } from './wasm-blake3.ts';

/** How to compute an identity. */
export interface IdentityOptions {
  /** 32 bytes; copied. SHA-256 becomes HMAC-SHA-256, BLAKE3 its keyed mode. */
  readonly key?: Uint8Array;
  /** For BLAKE3: insist on the native add-on or on WebAssembly. Default: the add-on where it loads. */
  readonly implementation?: 'native' | 'wasm';
}

/**
 * Makes an identity hash ready: loads the add-on or compiles the WebAssembly of BLAKE3. The digests do not depend on which.
 *
 * @throws {SnapshotError} `argument/invalid` when the key is not 32 bytes, or the add-on is insisted on and does not load
 */
export async function createIdentity(name: HashName, options: IdentityOptions = {}): Promise<Identity> {
  const { key, implementation } = options;
  if (key !== undefined && key.length !== digestBytes) throw new SnapshotError('argument/invalid', `an identity key has ${digestBytes} bytes, not ${key.length}`);
  if (name === 'sha-256') return createSha256(key);
  if (implementation !== 'wasm') {
    const native = await loadNativeBlake3(key);
    if (native) return native;
    if (implementation === 'native') throw new SnapshotError('argument/invalid', 'the native BLAKE3 add-on does not load on this machine; use the WebAssembly implementation');
  }
  return loadWasmBlake3(key);
}
