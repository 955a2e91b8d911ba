import { recoverySessionSchema, type CallContext, type RecoverySession } from '@winre-kit/sdk';
import { listPages } from '../list-pages.ts';
import type { SampleEmm } from '../sample-emm.ts';

/** Every session that is open now. */
export function listSessions(emm: SampleEmm, call: CallContext): AsyncIterable<RecoverySession> {
  return listPages(emm, { path: '/sessions', item: recoverySessionSchema, doing: 'listing sessions', idOf: ({ sessionId }) => sessionId }, call);
}
