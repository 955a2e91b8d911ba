import { instantSchema, trustedKeySchema, type CallContext, type PayloadTrust } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';

const replySchema = z.looseObject({ trustedKeys: z.array(trustedKeySchema), revokedKeyIds: z.array(z.string()), observedAt: instantSchema });

/** What the tenant's devices trust, and the EMM's time, by which expiry is judged. */
export async function readPayloadTrust(emm: SampleEmm, call: CallContext): Promise<PayloadTrust> {
  const { trustedKeys, revokedKeyIds, observedAt } = await emm.client.read({ path: '/trust', reply: replySchema, doing: 'reading whom the tenant trusts' }, call);
  return { tenantId: emm.config.tenantId, trustedKeys, revokedKeyIds: new Set(revokedKeyIds), nowMs: Date.parse(observedAt) };
}
