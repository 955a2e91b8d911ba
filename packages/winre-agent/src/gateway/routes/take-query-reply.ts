import { parseOrThrow } from '@winre-kit/sdk';
import { queryReplyRequestSchema } from '../../protocol/index.ts';
import type { GatewayCore } from '../gateway-core.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

/** `POST /channel/reply`: the answer to a query. */
export function takeQueryReply(core: GatewayCore, { channel, body }: AuthenticRequest): Promise<object> {
  core.queries.answer(channel.deviceId, parseOrThrow(queryReplyRequestSchema, parseJsonBody(body), 'reply'));
  return Promise.resolve({});
}
