import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createStatementSigner, generateSigningKey, parseOrThrow, sha256Hex, toBase64, utf8, type Clock, type SecretValue } from '@winre-kit/sdk';
import { z } from 'zod';
import { enrolmentReplySchema, enrolmentStatementSchema, protocolRoutes, signEnrolment, verifyRevocations, verifyTime, type EnrolmentReply, type RevocationsStatement } from '../protocol/index.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Platform } from '../platform/platform.ts';
import { createGatewayClient } from './channel/gateway-client.ts';
import { requestTimeoutMs } from './channel/open-channel.ts';
import { deviceKeySchema, enrolmentFile, type EnrolmentRecord } from './state/enrolment-record.ts';

/** What an enrolment is made with. */
export interface EnrolmentRequestSettings {
  readonly platform: Platform;
  readonly stateFolder: string;
  readonly gatewayUrl: string;
  /** Authorities that the gateway's certificate must come from, as PEM. */
  readonly caCertificatesPem: readonly string[];
  readonly clock: Clock;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
  readonly tokenKind: 'one-time' | 'continuity';
  readonly token: SecretValue;
  /** The generation of the ledger in the state folder. */
  readonly stateGeneration: string;
}

const pendingSchema = z.strictObject({ deviceKey: deviceKeySchema, statement: enrolmentStatementSchema });

/**
 * Enrols this device with a new key of its own and pins whom to trust. What is sent is written down first: after a lost answer the same call gives the same
 * enrolment, although the token is used up by then.
 *
 * @throws {RecoveryError} `unauthenticated` (the token), `device-unreachable`, `deadline-exceeded`, `untrusted-payload` (the answer)
 */
export async function enrol(settings: EnrolmentRequestSettings, signal: AbortSignal): Promise<EnrolmentRecord> {
  const { platform, stateFolder, gatewayUrl, caCertificatesPem, clock, tokenKind, token, stateGeneration } = settings;
  const pendingPath = join(stateFolder, 'pending-enrolment.json');
  const pendingFile = jsonFile(pendingPath, pendingSchema, 'pending enrolment');
  const { hardwareId, serialNumber, displayName, osBuild } = platform.hardware;
  const tokenSha256 = await sha256Hex(token.reveal());
  let pending = await pendingFile.read();
  if (pending?.statement.tokenSha256 !== tokenSha256) {
    const { keyId, publicKey, privateKeyPkcs8 } = await generateSigningKey();
    const deviceKey = { keyId, publicKey, privateKeyPkcs8 };
    const facts = { tokenKind, hardwareId, serialNumber, displayName, osBuild, stateGeneration, platform: process.platform === 'win32' ? ('windows' as const) : ('linux' as const), timeNonce: toBase64(settings.randomBytes(24)) };
    const { statement } = await signEnrolment(facts, token.reveal(), createStatementSigner(deviceKey));
    pending = { deviceKey, statement };
    await pendingFile.write(pending);
  }
  const { deviceKey, statement } = pending;
  const request = { statement, signature: await createStatementSigner(deviceKey).sign(statement), token: token.reveal() };
  const client = createGatewayClient({ gatewayUrl, caCertificatesPem, network: platform.network, clock });
  let reply: EnrolmentReply;
  let revocations: RevocationsStatement;
  try {
    reply = parseOrThrow(enrolmentReplySchema, await client.post(protocolRoutes.enrol, { body: utf8(JSON.stringify(request)), timeoutMs: requestTimeoutMs, signal }), 'enrolment reply', 'unavailable');
    // The keys come over a connection that the pinned authority vouches for; that they belong together is checked before they are believed.
    const { tenantId, trustedKeys } = reply;
    revocations = await verifyRevocations(reply.revocations, { tenantId, trustedKeys, current: undefined });
    const gatewayTimeMs = await verifyTime(reply.time, { nonce: statement.timeNonce, trustedKeys, revokedKeyIds: new Set(revocations.revokedKeyIds) });
    client.requireValidAt(gatewayTimeMs);
  } finally {
    client.close();
  }
  const record: EnrolmentRecord = {
    tenantId: reply.tenantId,
    deviceId: reply.deviceId,
    enrolmentEpoch: reply.enrolmentEpoch,
    deviceKey,
    stateGeneration: statement.stateGeneration,
    trustSequence: reply.trustSequence,
    trustedKeys: reply.trustedKeys,
    caCertificatesPem: reply.caCertificatesPem?.length ? reply.caCertificatesPem : [...caCertificatesPem],
    revocations,
    ...(reply.escrowKey && { escrowKey: reply.escrowKey }),
    policies: reply.policies,
    consent: reply.consent,
    settingsVersion: '',
  };
  await enrolmentFile(stateFolder).write(record);
  await rm(pendingPath, { force: true });
  return record;
}
