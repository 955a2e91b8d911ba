import { RecoveryError } from '@winre-kit/sdk';
import { readChannelClaim, verifyChannelRequest, type ChannelClaim } from '../../protocol/index.ts';
import type { Channel } from '../channel-registry.ts';
import { requireEnrolled, requireTenant, type GatewayCore } from '../gateway-core.ts';
import type { DeviceRecord, TenantRecord } from '../gateway-records.ts';
import { requireNotRevoked } from '../tenant-trust.ts';
import { readBody } from './read-body.ts';

/** A request that is certainly the device's own, seen for the first time. */
export interface AuthenticRequest {
  readonly channel: Channel;
  readonly device: DeviceRecord;
  readonly tenant: TenantRecord;
  readonly sequence: number;
  readonly body: Uint8Array;
  readonly url: URL;
  readonly signal: AbortSignal;
}

/**
 * Authenticates a request of an open channel: known channel, limited body, signature of the device key, sequence not seen before, device not revoked and
 * still in the enrolment of the channel. Nothing is changed by a request that fails, not even its sequence taken.
 *
 * @throws {RecoveryError} `unauthenticated` with `facts.reason` `bad-headers`, `unknown-channel`, `bad-signature`, `replayed` or `revoked`;
 * `enrolment-changed`; `resource-exhausted`
 */
export async function authenticateChannel(core: GatewayCore, request: Request, maxBytes: number): Promise<AuthenticRequest> {
  const claim = readChannelClaim(request.headers);
  const channel = requireChannel(core, claim);
  const body = await readBody(request, maxBytes);
  const url = new URL(request.url);
  await verifyChannelRequest(claim, { method: request.method, path: `${url.pathname}${url.search}`, body }, channel.devicePublicKey);
  const tenant = await requireTenant(core.store, channel.tenantId);
  requireNotRevoked(tenant, channel.deviceId);
  const device = await requireEnrolled(core.store, channel);
  requireChannel(core, claim);
  if (!channel.replay.take(claim.sequence)) throw new RecoveryError('unauthenticated', `request ${claim.sequence} was taken before or is too old: never send one twice, sign it again with the next number`, { facts: { reason: 'replayed' } });
  return { channel, device, tenant, sequence: claim.sequence, body, url, signal: request.signal };
}

function requireChannel(core: GatewayCore, claim: ChannelClaim): Channel {
  const channel = core.channels.find(claim.channelId);
  if (!channel) throw new RecoveryError('unauthenticated', 'the channel is not open here: say hello again', { facts: { reason: 'unknown-channel' } });
  return channel;
}
