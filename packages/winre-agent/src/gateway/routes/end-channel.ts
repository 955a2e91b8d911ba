import { parseOrThrow } from '@winre-kit/sdk';
import { channelEndRequestSchema } from '../../protocol/index.ts';
import type { GatewayCore } from '../gateway-core.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

/** `POST /channel/end`: the agent leaves on purpose. Only leaving WinRE ends the session. */
export async function endChannel(core: GatewayCore, { channel, body }: AuthenticRequest): Promise<object> {
  const { reason } = parseOrThrow(channelEndRequestSchema, parseJsonBody(body), 'end');
  await core.lock.run(channel.deviceId, async () => {
    if (core.channels.ofDevice(channel.deviceId) !== channel) return;
    core.channels.close(channel.deviceId);
    if (channel.mode === 'recovery' && (reason === 'booted' || reason === 'powered-off')) await core.sessions.end(channel.deviceId, reason);
  });
  core.polls.notify(channel.deviceId);
  return {};
}
