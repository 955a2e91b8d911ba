import { isSignedBy, parseOrThrow, RecoveryError, sha256Hex, type StatementSigner } from '@winre-kit/sdk';
import { z } from 'zod';

/** The headers that authenticate every request of an open channel. */
export const channelHeaders = { channel: 'winre-channel', sequence: 'winre-sequence', signature: 'winre-signature' } as const;

/** A request as it is signed: `path` with its query, `body` byte for byte. */
export interface ChannelRequestTarget {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

const claimSchema = z.strictObject({
  channelId: z.string().min(1).max(200),
  sequence: z.string().regex(/^[1-9][0-9]{0,14}$/, 'expected a positive whole number').transform(Number),
  signature: z.base64(),
});
/** What the headers claim, before anything is verified. */
export type ChannelClaim = z.infer<typeof claimSchema>;

async function requestStatement(channelId: string, sequence: number, target: ChannelRequestTarget): Promise<unknown> {
  return { kind: 'winre-request/v1', channelId, sequence, method: target.method, path: target.path, bodySha256: await sha256Hex(target.body) };
}

/** The headers for one request. Every request of a channel takes a new, higher `sequence`, also when it is sent again. */
export async function signChannelRequest(channelId: string, sequence: number, target: ChannelRequestTarget, signer: StatementSigner): Promise<Record<string, string>> {
  const signature = await signer.sign(await requestStatement(channelId, sequence, target));
  return { [channelHeaders.channel]: channelId, [channelHeaders.sequence]: String(sequence), [channelHeaders.signature]: signature };
}

/** @throws {RecoveryError} `unauthenticated`, `facts.reason` `bad-headers` */
export function readChannelClaim(headers: Headers): ChannelClaim {
  const claim = { channelId: headers.get(channelHeaders.channel), sequence: headers.get(channelHeaders.sequence), signature: headers.get(channelHeaders.signature) };
  try {
    return parseOrThrow(claimSchema, claim, 'channel headers');
  } catch (cause) {
    const fieldPath = RecoveryError.isInstance(cause) ? cause.fieldPath : undefined;
    throw new RecoveryError('unauthenticated', `the request carries no valid ${fieldPath ?? 'channel'} header`, { cause, facts: { reason: 'bad-headers' } });
  }
}

/** @throws {RecoveryError} `unauthenticated`, `facts.reason` `bad-signature` */
export async function verifyChannelRequest(claim: ChannelClaim, target: ChannelRequestTarget, devicePublicKey: string): Promise<void> {
  if (await isSignedBy(devicePublicKey, await requestStatement(claim.channelId, claim.sequence, target), claim.signature)) return;
  throw new RecoveryError('unauthenticated', 'the request is not signed by the device key, or was altered on the way', { facts: { reason: 'bad-signature' } });
}
