import type { NetworkStatus } from '../../schemas/network.ts';
import type { RecoverySession } from '../../schemas/session.ts';

/** A session as the host believes it to be. `suspected-lost`: silent over three heartbeat intervals, being probed. */
export interface TrackedSession {
  readonly pluginId: string;
  readonly session: RecoverySession;
  readonly state: 'live' | 'suspected-lost' | 'lost' | 'ended';
  readonly network: NetworkStatus | undefined;
  /** Why it is in this state. */
  readonly reason: string;
  /** When the host last heard of it, by the host's monotonic clock. */
  readonly heardAtMonotonicMs: number;
  /** How often it was lost and came back. */
  readonly resumptions: number;
}
