import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createStatementSigner, generateSigningKey, parseOrThrow, RecoveryError, sha256Hex, toBase64, utf8, type Clock, type SecretValue } from '@winre-kit/sdk';
import { z } from 'zod';
import { enrolmentReplySchema, enrolmentStatementSchema, protocolRoutes, signEnrolment, verifyRevocations, verifyTime, type EnrolmentReply } from '../protocol/index.ts';
import { jsonFile } from '../platform/json-file.ts';
import type { Platform } from '../platform/platform.ts';
import { acceptTrust } from './channel/accept-trust.ts';
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
  /** The enrolment that a rebuild goes on from: whom to trust is kept from it, and the answer must be for the same device. */
  readonly former?: EnrolmentRecord;
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
  let trust: EnrolledTrust;
  try {
    reply = parseOrThrow(enrolmentReplySchema, await client.post(protocolRoutes.enrol, { body: utf8(JSON.stringify(request)), timeoutMs: requestTimeoutMs, signal }), 'enrolment reply', 'unavailable');
    trust = settings.former ? await trustAfter(settings.former, reply) : await firstTrust(reply, caCertificatesPem);
    const gatewayTimeMs = await verifyTime(reply.time, { nonce: statement.timeNonce, trustedKeys: trust.trustedKeys, revokedKeyIds: new Set(trust.revocations?.revokedKeyIds) });
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
    ...trust,
    policies: reply.policies,
    consent: reply.consent,
    settingsVersion: '',
  };
  await enrolmentFile(stateFolder).write(record);
  await rm(pendingPath, { force: true });
  return record;
}

type EnrolledTrust = Pick<EnrolmentRecord, 'trustSequence' | 'trustedKeys' | 'caCertificatesPem' | 'revocations' | 'escrowKey'>;

/** The keys come over a connection that the given authority vouches for; that they belong together is checked before they are believed. */
async function firstTrust(reply: EnrolmentReply, caCertificatesPem: readonly string[]): Promise<EnrolledTrust> {
  const { tenantId, trustSequence, trustedKeys, escrowKey } = reply;
  const revocations = await verifyRevocations(reply.revocations, { tenantId, trustedKeys, current: undefined });
  return { trustSequence, trustedKeys, revocations, caCertificatesPem: reply.caCertificatesPem?.length ? reply.caCertificatesPem : [...caCertificatesPem], ...(escrowKey && { escrowKey }) };
}

/** What was pinned stays pinned: a gateway that says otherwise does not get an approver of its own onto the device by way of a rebuild. */
async function trustAfter(former: EnrolmentRecord, reply: EnrolmentReply): Promise<EnrolledTrust> {
  if (reply.tenantId !== former.tenantId || reply.deviceId !== former.deviceId) throw new RecoveryError('untrusted-payload', `the continuity token of device ${former.deviceId} was answered with another device`, { facts: { reason: 'other-subject' } });
  const trustUpdates = reply.trustUpdates?.filter(({ statement }) => statement.sequence > former.trustSequence);
  const { trustSequence, trustedKeys, caCertificatesPem, revocations, escrowKey } = await acceptTrust(former, { revocations: reply.revocations, trustUpdates, escrowKey: reply.escrowKey });
  return { trustSequence, trustedKeys, caCertificatesPem, revocations, ...(escrowKey && { escrowKey }) };
}
