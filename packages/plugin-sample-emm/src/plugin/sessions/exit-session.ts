import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { findLiveSession } from './find-live-session.ts';

export const planExitSession: PlanVerb<'winre.session.exit'> = async (emm, intent, device, call) => ({
  prechecks: [judgeSessionLive(await findLiveSession(emm, device.id, call), intent.sessionId)],
  description: `${device.displayName} leaves WinRE and boots its operating system`,
});
