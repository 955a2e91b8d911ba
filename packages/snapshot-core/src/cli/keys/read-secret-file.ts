import { readFile } from 'node:fs/promises';
import { SnapshotError, type Credential } from '../../index.ts';

const keyBytes = 32;

/** Reads a passphrase from a file: all of it but the end of its last line. @throws {SnapshotError} `argument/invalid` */
export async function readPasswordFile(path: string): Promise<Credential> {
  return { passphrase: (await readSecret(path, 'password')).toString('utf8').replace(/\r?\n$/, '') };
}

/** Reads a raw key from a file: 32 bytes, or 64 hexadecimal characters. @throws {SnapshotError} `argument/invalid` */
export async function readKeyFile(path: string): Promise<Credential> {
  const bytes = await readSecret(path, 'key');
  if (bytes.length === keyBytes) return { key: new Uint8Array(bytes) };
  const text = bytes.toString('latin1').trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new SnapshotError('argument/invalid', `the key file ${path} has neither ${keyBytes} bytes nor ${2 * keyBytes} hexadecimal characters`);
  return { key: new Uint8Array(Buffer.from(text, 'hex')) };
}

async function readSecret(path: string, what: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new SnapshotError('argument/invalid', `cannot read the ${what} file ${path}; check the path and its permissions`, { cause });
  });
}
