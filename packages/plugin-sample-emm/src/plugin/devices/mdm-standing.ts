import { RecoveryError, type CallContext } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';

const replySchema = z.looseObject({
  enrolled: z.boolean(),
  /** False when no agent has ever enrolled on the device. */
  agent: z.boolean().optional(),
  observedAt: z.string().nullish(),
  actual: z.looseObject({ remediation: z.looseObject({ cloudRemediation: z.boolean().optional() }).optional() }).nullish(),
});

/** What the EMM knows of a device by MDM. */
export type MdmStanding = z.output<typeof replySchema>;

/** Whether Windows' own client on the device is enrolled, and what it said last. A role that may not see it sees a device without. */
export async function mdmStanding(emm: SampleEmm, deviceId: string, call: CallContext): Promise<MdmStanding> {
  try {
    return await emm.client.read({ path: `/devices/${encodeURIComponent(deviceId)}/mdm`, reply: replySchema, doing: `reading what ${deviceId} has by MDM` }, call);
  } catch (error) {
    if (RecoveryError.isInstance(error) && error.code === 'permission-denied') return { enrolled: false };
    throw error;
  }
}
