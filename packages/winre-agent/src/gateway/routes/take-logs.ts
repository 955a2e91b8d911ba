import { instantAt, parseOrThrow } from '@winre-kit/sdk';
import { logsRequestSchema, type LogsReply } from '../../protocol/index.ts';
import type { GatewayCore } from '../gateway-core.ts';
import { waitForChange } from '../wake-hub.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

/** A sink that needs longer than this is not waited for: the device asks again. */
const waitForSinkMs = 250;

/** `POST /channel/logs`. */
export async function takeLogs(core: GatewayCore, { channel, device, tenant, body, signal }: AuthenticRequest): Promise<LogsReply> {
  const { chunks } = parseOrThrow(logsRequestSchema, parseJsonBody(body), 'logs');
  const { deviceId } = device;
  const receivedAt = instantAt(core.clock.now());
  const sessionId = core.sessions.current(deviceId)?.sessionId;
  const { refusedCategories, drained } = core.logs.take(deviceId, channel.bootId, chunks, new Set(tenant.consent.categories), async (chunk) => {
    await core.config.logSink?.({ device, sessionId, receivedAt, chunk });
    core.sessions.log(deviceId, chunk);
  });
  await waitForChange(drained, waitForSinkMs, core.clock, signal);
  return { ...core.logs.window(deviceId, channel.bootId), refusedCategories: [...refusedCategories] };
}
