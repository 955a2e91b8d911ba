import { tenantIdSchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** What flags and environment of the program may say. */
export const programSettingsSchema = z.strictObject({
  folder: z.string().min(1).default('./sample-emm-data'),
  port: z.coerce.number().int().min(0).max(65_535).default(8_443),
  host: z.string().min(1).default('127.0.0.1'),
  hostNames: z.array(z.string().min(1)).min(1).default(['localhost', '127.0.0.1']),
  tenantIds: z.array(tenantIdSchema.regex(/^[\w.-]+$/, 'expected letters, digits, dots, dashes and underscores')).min(1).default(['contoso']),
  heartbeatEveryMs: z.coerce.number().int().min(100).default(15_000),
});

export const usage = `The sample EMM: admin API and agent gateway over HTTPS.

  --folder DIR              database, keys, CA and first tokens (SAMPLE_EMM_FOLDER; ./sample-emm-data)
  --port N                  0 takes a free one (SAMPLE_EMM_PORT; 8443)
  --host ADDRESS            address to listen on (SAMPLE_EMM_HOST; 127.0.0.1)
  --host-name NAME          name in the server's certificate, may be repeated (localhost, 127.0.0.1)
  --tenant ID               tenant to serve, may be repeated (contoso)
  --heartbeat-every-ms N    how often agents report (15000)
`;
