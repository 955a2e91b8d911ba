import type { Clock } from '@winre-kit/sdk';
import { createNewestEntries } from '../newest-entries.ts';
import type { MdmCertificateStore } from '../store/mdm-certificate-store.ts';
import type { MdmSession } from './mdm-session.ts';

/** Devices that never send the rest must not fill the memory. */
const maxUnfinished = 1_024;
/** A device that pauses longer in the middle of what it says is asked again. */
const forgetAfterMs = 5 * 60_000;

/**
 * Sessions whose answer came in part, by device and of one certificate. What was said may be secret: it is not stored before it is complete, and not kept for a device that says
 * no more. A server that has forgotten it asks for it anew.
 */
export interface UnfinishedSessions {
  get(deviceId: string, thumbprint: string): MdmSession | undefined;
  set(deviceId: string, thumbprint: string, session: MdmSession): void;
  delete(deviceId: string): void;
  /** Forgets those that are older than five minutes, and those whose certificate has ended. */
  sweep(): void;
}

export function createUnfinishedSessions(certificates: Pick<MdmCertificateStore, 'isInForce'>, clock: Pick<Clock, 'now'>): UnfinishedSessions {
  const sessions = createNewestEntries<{ readonly thumbprint: string; readonly session: MdmSession; readonly atMs: number }>(maxUnfinished);
  const isOver = (atMs: number): boolean => clock.now() - atMs >= forgetAfterMs;
  return {
    get(deviceId, thumbprint) {
      const known = sessions.get(deviceId);
      return known?.thumbprint === thumbprint && !isOver(known.atMs) ? known.session : undefined;
    },
    set: (deviceId, thumbprint, session) => sessions.set(deviceId, { thumbprint, session, atMs: clock.now() }),
    delete: (deviceId) => sessions.delete(deviceId),
    sweep() {
      for (const [deviceId, { thumbprint, atMs }] of sessions.entries()) if (isOver(atMs) || !certificates.isInForce(thumbprint)) sessions.delete(deviceId);
    },
  };
}
