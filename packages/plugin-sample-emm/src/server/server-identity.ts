import { generateSigningKey, RecoveryError, SecretValue, type Clock, type SigningKeyPair } from '@winre-kit/sdk';
import { generateEscrowKey, issueCertificateAuthority, type EscrowKeyPair, type IssuedCertificate } from '@winre-kit/winre-agent/gateway';
import { z } from 'zod';
import { readFileIfPresent, writePrivateFile } from './private-file.ts';

const fileSchema = z.strictObject({
  version: z.literal(1),
  gatewayKey: z.strictObject({ keyId: z.string(), publicKey: z.string(), privateKeyPkcs8: z.string() }),
  escrowKey: z.strictObject({ publicKey: z.string(), privateKeyPkcs8: z.string() }),
  authority: z.strictObject({ certificatePem: z.string(), privateKeyPem: z.string() }),
});

/** Everything secret that the server is: kept in one file beside the database, never in it. Whoever has both can read the escrowed keys. */
export interface ServerIdentity {
  /** Signs time and revocations for agents. */
  readonly gatewayKey: SigningKeyPair;
  /** Opens escrowed recovery keys and stored secrets of operations. */
  readonly escrowKey: EscrowKeyPair;
  /** Issues the server's certificate; agents pin it. */
  readonly authority: IssuedCertificate;
}

/**
 * Reads the key file, making it at the first start.
 *
 * @throws {RecoveryError} `data-loss` when the file is damaged: without it nothing in the escrow opens, so it is never made anew
 */
export async function loadServerIdentity(path: string, clock: Clock): Promise<ServerIdentity> {
  const stored = readFileIfPresent(path);
  if (stored === undefined) return makeIdentity(path, clock);
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch {
    value = undefined;
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) throw new RecoveryError('data-loss', `the key file ${path} is damaged: put its backup in place`);
  const { gatewayKey, escrowKey, authority } = parsed.data;
  return {
    gatewayKey,
    escrowKey: { publicKey: escrowKey.publicKey, privateKeyPkcs8: new SecretValue(escrowKey.privateKeyPkcs8) },
    authority,
  };
}

async function makeIdentity(path: string, clock: Clock): Promise<ServerIdentity> {
  const identity: ServerIdentity = {
    gatewayKey: await generateSigningKey(),
    escrowKey: await generateEscrowKey(),
    authority: await issueCertificateAuthority({ commonName: 'Sample EMM', validForDays: 3_650 }, clock),
  };
  const { gatewayKey, escrowKey, authority } = identity;
  const file: z.input<typeof fileSchema> = {
    version: 1,
    gatewayKey,
    escrowKey: { publicKey: escrowKey.publicKey, privateKeyPkcs8: escrowKey.privateKeyPkcs8.reveal() },
    authority,
  };
  writePrivateFile(path, JSON.stringify(file));
  return identity;
}
