import { errorCodes, type ErrorCode } from '@winre-kit/sdk';
import { z } from 'zod';

const errorCodeSchema = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

/** The answer to a query, or why there is none. `reply` has the shape that `queryReplySchemas` gives for the query's kind. */
export const queryReplyRequestSchema = z.union([
  z.strictObject({ commandId: z.string().min(1).max(200), reply: z.json() }),
  z.strictObject({ commandId: z.string().min(1).max(200), error: z.strictObject({ code: errorCodeSchema, message: z.string().min(1).max(2_000) }) }),
]);
export type QueryReplyRequest = z.infer<typeof queryReplyRequestSchema>;
