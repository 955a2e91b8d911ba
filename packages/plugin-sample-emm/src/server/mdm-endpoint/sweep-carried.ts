import type { Logger } from '@winre-kit/sdk';
import { expireCarried, type NetworkCarrier } from './carry-networks.ts';

const sweepEveryMs = 60_000;

/** Ends carried operations of devices that never come again. Ends with the signal. */
export async function sweepCarried(carrier: NetworkCarrier, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await carrier.clock.sleep(sweepEveryMs, { signal });
      await expireCarried(carrier);
    } catch (cause) {
      if (!signal.aborted) logger.log('error', 'ending networks whose time is over failed', { cause });
    }
  }
}
