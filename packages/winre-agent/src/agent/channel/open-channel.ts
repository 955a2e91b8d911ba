import { parseOrThrow, toBase64, utf8, type Clock } from '@winre-kit/sdk';
import {
  challengeReplySchema, generateSealingKey, helloReplySchema, protocolRoutes, signChannelRequest, signHello, verifyTime,
  type HelloReply, type HelloStatement, type ProtocolRoute, type SealingKeyPair,
} from '../../protocol/index.ts';
import { deviceSignerOf, revokedKeyIdsOf, type EnrolmentRecord } from '../state/enrolment-record.ts';
import type { TimeSample } from '../state/gateway-time.ts';
import { acceptTrust } from './accept-trust.ts';
import type { GatewayClient } from './gateway-client.ts';

/** An authenticated conversation with the gateway. It ends with the first request that is not accepted. */
export interface Channel {
  readonly sessionId: string | undefined;
  readonly heartbeatEveryMs: number;
  /** Secrets in commands of this channel are sealed to this key; it is in memory only. */
  readonly sealing: SealingKeyPair;
  /** Signs and sends; JSON unless bytes are given. `query` is appended to the path. */
  post(route: ProtocolRoute, body: unknown, call: { readonly signal: AbortSignal; readonly timeoutMs?: number; readonly query?: string }): Promise<unknown>;
}

/** What the agent says about itself in a hello; the rest follows from the enrolment. */
export type HelloFacts = Omit<HelloStatement, 'kind' | 'deviceId' | 'enrolmentEpoch' | 'challenge' | 'sealingPublicKey' | 'timeNonce' | 'trustSequence' | 'revocationsSequence'>;

/** A new channel, with what the hello brought: the enrolment after it, and a signed time. */
export interface OpenedChannel {
  readonly channel: Channel;
  readonly record: EnrolmentRecord;
  readonly time: TimeSample;
}

/** How long any request but a poll may take. */
export const requestTimeoutMs = 15_000;

/**
 * Says hello and checks everything that the answer claims. Nothing is kept of an answer that does not check.
 *
 * @throws {RecoveryError} `unauthenticated` (revoked), `enrolment-changed`, `untrusted-payload`, or as {@link GatewayClient.post}
 */
export async function openChannel(
  lent: { readonly client: GatewayClient; readonly clock: Clock; readonly randomBytes: (lengthBytes: number) => Uint8Array },
  record: EnrolmentRecord,
  facts: HelloFacts,
  signal: AbortSignal,
): Promise<OpenedChannel> {
  const { client, clock } = lent;
  const { deviceId, enrolmentEpoch, trustSequence } = record;
  const ask = async (path: string, body: unknown): Promise<unknown> => client.post(path, { body: utf8(JSON.stringify(body)), timeoutMs: requestTimeoutMs, signal });
  const { challenge } = parseOrThrow(challengeReplySchema, await ask(protocolRoutes.challenge, { deviceId }), 'challenge', 'unavailable');
  const sealing = await generateSealingKey();
  const signer = deviceSignerOf(record);
  const timeNonce = toBase64(lent.randomBytes(24));
  const revocationsSequence = record.revocations?.sequence ?? -1;
  const hello = await signHello({ ...facts, deviceId, enrolmentEpoch, challenge, sealingPublicKey: sealing.publicKey, timeNonce, trustSequence, revocationsSequence }, signer);
  const sentAtMs = clock.monotonicMs();
  const reply: HelloReply = parseOrThrow(helloReplySchema, await ask(protocolRoutes.hello, hello), 'hello reply', 'unavailable');
  const receivedAtMs = clock.monotonicMs();
  const next = await acceptTrust(record, reply);
  const gatewayTimeMs = await verifyTime(reply.time, { nonce: timeNonce, trustedKeys: next.trustedKeys, revokedKeyIds: revokedKeyIdsOf(next) });

  let sequence = 0;
  const channel: Channel = {
    sessionId: reply.sessionId,
    heartbeatEveryMs: reply.heartbeatEveryMs,
    sealing,
    async post(route, value, call) {
      const raw = value instanceof Uint8Array;
      const body = raw ? value : utf8(JSON.stringify(value));
      const path = protocolRoutes[route] + (call.query ?? '');
      sequence += 1;
      const headers = await signChannelRequest(reply.channelId, sequence, { method: 'POST', path, body }, signer);
      return client.post(path, { body, headers, signal: call.signal, timeoutMs: call.timeoutMs ?? requestTimeoutMs, contentType: raw ? 'application/octet-stream' : 'application/json' });
    },
  };
  return { channel, record: next, time: { sentAtMs, receivedAtMs, gatewayTimeMs } };
}
