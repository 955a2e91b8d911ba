import { withDeadline } from '../channel/with-deadline.ts';
import type { AgentBoot } from './agent-boot.ts';

const farewellMs = 5_000;

/** Before the machine starts anew: sends what is still to be said and ends the session. Best effort; nothing depends on it. */
export async function sayFarewell({ services, outbox }: AgentBoot, signal: AbortSignal): Promise<void> {
  const { clock, link, log, boot } = services;
  try {
    await withDeadline(clock, { deadlineMs: farewellMs, signal, what: 'the last reports' }, async (limited) => {
      await outbox.whenDelivered(limited);
      if (boot.mode === 'recovery') await link.channel?.post('end', { reason: 'booted' }, { signal: limited });
    });
  } catch (error) {
    signal.throwIfAborted();
    log('warn', 'the gateway was not told that the machine starts anew', { reason: (error as Error).message });
  }
}
