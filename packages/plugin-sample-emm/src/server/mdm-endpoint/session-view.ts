import type { MdmReport } from './mdm-session.ts';

/** No client lets a server wait so long within a session. Our own rule: no page has a number. */
const cutAfterMs = 10 * 60_000;

/** The last session as people are shown it: one that goes on, and of which nothing was heard for ten minutes, was cut by the device or on its way. Pure. */
export function sessionView(lastSession: MdmReport['lastSession'], nowMs: number): MdmReport['lastSession'] {
  const isCut = lastSession.outcome === 'running' && nowMs - Date.parse(lastSession.seenAt) >= cutAfterMs;
  return isCut ? { ...lastSession, outcome: 'aborted' } : lastSession;
}
