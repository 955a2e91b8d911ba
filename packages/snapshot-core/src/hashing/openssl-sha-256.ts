import { createHash, createHmac, hash } from 'node:crypto';
import { bytesOfHex } from './bytes-of-hex.ts';
import type { Identity } from './identity.ts';

/** SHA-256, or HMAC-SHA-256 with a key, by node:crypto. */
export function createSha256(key?: Uint8Array): Identity {
  const keyCopy = Buffer.from(key ?? []);
  const createState = () => (key ? createHmac('sha256', keyCopy) : createHash('sha256'));
  const identify = key ? (bytes: Uint8Array) => createState().update(bytes).digest('hex') : (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
  return {
    name: 'sha-256',
    keyed: key !== undefined,
    implementation: 'openssl',
    identify,
    digest: (bytes) => bytesOfHex(identify(bytes)),
    create() {
      const state = createState();
      return {
        update: (bytes) => void state.update(bytes),
        digest: () => bytesOfHex(state.digest('hex')),
      };
    },
  };
}
