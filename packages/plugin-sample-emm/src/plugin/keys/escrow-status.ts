import { instantSchema, type CallContext, type EscrowStatus } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';

const replySchema = z.looseObject({
  escrowed: z.boolean(),
  observedAt: instantSchema,
  volumes: z.array(z.looseObject({ volumeId: z.string(), keyId: z.string(), escrowedAt: instantSchema })),
});

/** Which recovery keys the EMM holds. The keys themselves never leave it this way. */
export function escrowStatus(emm: SampleEmm, deviceId: string, call: CallContext): Promise<EscrowStatus> {
  return emm.client.read({ path: `/devices/${encodeURIComponent(deviceId)}/recovery-keys`, reply: replySchema, doing: `reading the key escrow of ${deviceId}` }, call);
}
