import { operationKeySchema } from '@winre-kit/sdk';
import { z } from 'zod';
import { dataCategorySchema } from './data-category.ts';
import { protocolLimits } from './protocol-limits.ts';

/** A piece of one log stream. */
export const logChunkSchema = z.strictObject({
  /** Grows through one boot, over all streams and channels; what is sent again keeps its number. */
  sequence: z.int().positive(),
  stream: z.enum(['agent', 'stdout', 'stderr']),
  category: dataCategorySchema,
  text: z.string().max(protocolLimits.maxChunkBytes),
  /** Length of `text` in UTF-8; what the window counts. */
  bytes: z.int().nonnegative().max(protocolLimits.maxChunkBytes),
  truncated: z.boolean(),
  operationKey: operationKeySchema.optional(),
});
export type LogChunk = z.infer<typeof logChunkSchema>;

/** No chunks at all is a good request too: it asks for the window. */
export const logsRequestSchema = z.strictObject({ chunks: z.array(logChunkSchema).max(protocolLimits.maxChunksPerRequest) });
export type LogsRequest = z.infer<typeof logsRequestSchema>;

/** Everything up to `acknowledgedSequence` has been consumed; `windowBytes` more may be sent beyond what is not acknowledged yet. */
export const logWindowSchema = z.object({ acknowledgedSequence: z.int().nonnegative(), windowBytes: z.int().nonnegative() });
export type LogWindow = z.infer<typeof logWindowSchema>;

/** Chunks of a refused category were thrown away and are acknowledged: do not send more of them. */
export const logsReplySchema = logWindowSchema.extend({ refusedCategories: z.array(dataCategorySchema) });
export type LogsReply = z.infer<typeof logsReplySchema>;
