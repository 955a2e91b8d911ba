import { z } from 'zod';

/** The verdict of another administrator on a request that waits. */
export const approvalVerdictBody = z.strictObject({
  justification: z.string().max(1_024),
  approvalSource: z.enum(['unknown', 'adminConsole', 'email']).optional(),
});
