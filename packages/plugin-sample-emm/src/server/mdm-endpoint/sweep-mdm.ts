import type { Logger } from '@winre-kit/sdk';
import { expireCarried, type NetworkCarrier } from './carry-networks.ts';
import type { UnfinishedSessions } from './unfinished-sessions.ts';

const sweepEveryMs = 60_000;

/** Forgets what devices said in part, and ends carried operations of those that never come again. Ends with the signal. */
export async function sweepMdm(carrier: NetworkCarrier, unfinished: Pick<UnfinishedSessions, 'sweep'>, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await carrier.clock.sleep(sweepEveryMs, { signal });
      unfinished.sweep();
      await expireCarried(carrier);
    } catch (cause) {
      if (!signal.aborted) logger.log('error', 'the sweep of MDM sessions and networks failed', { cause });
    }
  }
}
