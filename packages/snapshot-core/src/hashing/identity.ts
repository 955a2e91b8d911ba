import type { HashName } from '../format/repository-config.ts';

/** Length of every digest and of every identity key. */
export const digestBytes = 32;

/** A 256-bit hash. All implementations of one name and key give the same digests. Not safe for two threads; each loads its own. */
export interface Identity {
  readonly name: HashName;
  /** Whether a key went in: then only who holds the key can compute identities. */
  readonly keyed: boolean;
  /** What computes it; `openssl` for SHA-256. */
  readonly implementation: 'native' | 'wasm' | 'openssl';
  /** 32 bytes, owned by the caller. `bytes` may lie in shared or WebAssembly memory that nobody writes meanwhile. */
  digest(bytes: Uint8Array): Uint8Array;
  /** The same digest as 64 lower-case hexadecimal characters; the faster call of the two. */
  identify(bytes: Uint8Array): string;
  /** The same digest of bytes that come in pieces. */
  create(): IncrementalHash;
}

/** One digest in the making. Several may be open at a time. */
export interface IncrementalHash {
  /** `bytes` may be overwritten when the call returns. */
  update(bytes: Uint8Array): void;
  /** 32 bytes, owned by the caller. The last call. */
  digest(): Uint8Array;
}
