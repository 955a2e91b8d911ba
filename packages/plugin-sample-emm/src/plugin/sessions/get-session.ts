import { recoverySessionSchema, type CallContext, type RecoverySession } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';

export function getSession(emm: SampleEmm, sessionId: string, call: CallContext): Promise<RecoverySession> {
  return emm.client.read({ path: `/sessions/${encodeURIComponent(sessionId)}`, reply: recoverySessionSchema, doing: `reading session ${sessionId}` }, call);
}
