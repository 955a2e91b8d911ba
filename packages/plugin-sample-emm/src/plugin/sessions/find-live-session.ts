import { instantSchema, recoverySessionSchema, type CallContext, type RecoverySession } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';

const replySchema = z.looseObject({ items: z.array(recoverySessionSchema), observedAt: instantSchema });

/** A device's open session, if it has one, and the EMM's own time of looking, by which its age is judged. */
export interface SessionSighting {
  readonly session: RecoverySession | undefined;
  readonly observedAt: string;
}

/** Looks for the device's open session; of several, the one heard of last. */
export async function findLiveSession(emm: SampleEmm, deviceId: string, call: CallContext): Promise<SessionSighting> {
  const { items, observedAt } = await emm.client.read({ path: '/sessions', query: { deviceId }, reply: replySchema, doing: `looking for a session of ${deviceId}` }, call);
  const [session] = items.toSorted((a, b) => Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt));
  return { session, observedAt };
}
