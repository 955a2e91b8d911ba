import { secretRefSchema, tenantIdSchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** What an administrator fills in. Everything else the plug-in needs is lent by the host. */
export const sampleEmmConfigSchema = z.strictObject({
  /** Where the EMM answers, such as `https://emm.example.com:8443`; paths are appended by the plug-in. */
  baseUrl: z.url({ protocol: /^https$/, error: 'expected an https:// address' }).transform((url) => url.replace(/\/+$/, '')),
  /** Names the bearer token of the admin API. Its role decides what the plug-in may do. */
  token: secretRefSchema,
  /** Must be the tenant of the token. */
  tenantId: tenantIdSchema,
  /** Wi-Fi keys that network profiles may name. The host lends no other secret to this plug-in. */
  networkKeys: z.array(secretRefSchema).default([]),
  /**
   * Certificates (PEM) that the EMM's server certificate chains up to, for a private CA. The plug-in holds no TLS code: whoever runs the host
   * builds the HTTP client it lends from this member.
   */
  caPem: z.string().startsWith('-----BEGIN CERTIFICATE-----', 'expected a certificate in PEM').optional(),
});
/** A parsed configuration: no trailing slash in `baseUrl`, lists filled in. */
export type SampleEmmConfig = z.output<typeof sampleEmmConfigSchema>;
