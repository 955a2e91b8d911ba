import { decryptGcm, encryptGcm, gcmNonceBytes, gcmTagBytes } from './aes-gcm.ts';
import { deriveKey } from './derive-key.ts';

/** Encrypts the parts of one pack. Each position is used once per pack: the nonce is the position, the key is the pack's own. */
export interface PackCipher {
  /** Encrypts the frame with that number. */
  sealFrame(ordinal: number, plain: Uint8Array): { bytes: Uint8Array; tag: Uint8Array };
  /** The frame's plain bytes, or `undefined` when they do not authenticate. */
  openFrame(ordinal: number, bytes: Uint8Array, tag: Uint8Array): Uint8Array | undefined;
  /** Encrypts the directory; its tag is appended. */
  sealDirectory(plain: Uint8Array): Uint8Array;
  openDirectory(sealed: Uint8Array): Uint8Array | undefined;
}

/** Stands where frames have their number; a pack has far fewer frames. */
const directoryPosition = 0xffff_ffff;

/**
 * The cipher of one pack. What is authenticated besides the bytes: the repository, the pack's prefix (kind, key epoch, salt), the position.
 * So no frame and no directory can stand in another place, pack or repository.
 *
 * @param salt the pack's 16 random bytes, which are part of the prefix too
 */
export function createPackCipher(dataKey: Uint8Array, repositoryId: string, prefix: Uint8Array, salt: Uint8Array): PackCipher {
  const key = deriveKey(dataKey, 'pack key v1', salt);
  const fixedContext = Buffer.concat([Buffer.from(repositoryId, 'hex'), prefix]);

  function contextOf(position: number): Uint8Array {
    const context = Buffer.alloc(fixedContext.length + 4);
    context.set(fixedContext);
    context.writeUInt32LE(position, fixedContext.length);
    return context;
  }

  return {
    sealFrame: (ordinal, plain) => encryptGcm(key, nonceOf(ordinal), contextOf(ordinal), plain),
    openFrame: (ordinal, bytes, tag) => decryptGcm(key, nonceOf(ordinal), contextOf(ordinal), bytes, tag),
    sealDirectory: (plain) => {
      const { bytes, tag } = encryptGcm(key, nonceOf(directoryPosition), contextOf(directoryPosition), plain);
      return new Uint8Array(Buffer.concat([bytes, tag]));
    },
    openDirectory: (sealed) => {
      if (sealed.length < gcmTagBytes) return undefined;
      const end = sealed.length - gcmTagBytes;
      return decryptGcm(key, nonceOf(directoryPosition), contextOf(directoryPosition), sealed.subarray(0, end), sealed.subarray(end));
    },
  };
}

function nonceOf(position: number): Uint8Array {
  const nonce = Buffer.alloc(gcmNonceBytes);
  nonce.writeUInt32LE(position);
  return nonce;
}
