import { sessionEndReasonSchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** The agent leaves on purpose. `booted` and `powered-off` end the session; a restart of the program alone says nothing. */
export const channelEndRequestSchema = z.strictObject({ reason: sessionEndReasonSchema });
export type ChannelEndRequest = z.infer<typeof channelEndRequestSchema>;

/** The answer to requests that have none of their own. */
export const emptyReplySchema = z.object({});
