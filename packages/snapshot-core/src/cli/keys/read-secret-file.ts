import { readFile } from 'node:fs/promises';
import { SnapshotError, type Credential } from '../../index.ts';

const keyBytes = 32;

/** Reads a passphrase from a file: all of it but the end of its last line, and the byte order mark that some editors begin with. @throws {SnapshotError} `argument/invalid` */
export async function readPasswordFile(path: string): Promise<Credential> {
  return { passphrase: decodeText(await readSecret(path, 'password'), path).replace(/\r?\n$/, '') };
}

/** Reads a raw key from a file: 32 bytes, or 64 hexadecimal characters. @throws {SnapshotError} `argument/invalid` */
export async function readKeyFile(path: string): Promise<Credential> {
  const bytes = await readSecret(path, 'key');
  if (bytes.length === keyBytes) return { key: new Uint8Array(bytes) };
  const text = bytes.toString('latin1').trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new SnapshotError('argument/invalid', `the key file ${path} has neither ${keyBytes} bytes nor ${2 * keyBytes} hexadecimal characters`);
  return { key: new Uint8Array(Buffer.from(text, 'hex')) };
}

/** Bytes that are no text would all become the same character: another file of such bytes would open the repository as well. */
function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SnapshotError('argument/invalid', `the password file ${path} is no UTF-8 text; save it as UTF-8, or make a key of 32 random bytes and give --key-file`, { cause });
  }
}

async function readSecret(path: string, what: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new SnapshotError('argument/invalid', `cannot read the ${what} file ${path}; check the path and its permissions`, { cause });
  });
}
