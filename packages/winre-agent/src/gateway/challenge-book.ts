import { toBase64, type Clock } from '@winre-kit/sdk';
import { protocolLimits } from '../protocol/index.ts';

/** Challenges that wait for their hello. They live in memory: after a restart an agent asks for another one. */
export interface ChallengeBook {
  issue(deviceId: string): { readonly challenge: string; readonly expiresInMs: number };
  /** True once per challenge, for the device that asked, in time. */
  take(challenge: string, deviceId: string): boolean;
}

/** Beyond this many open challenges the oldest are forgotten, so that nobody fills the memory by asking. */
const maxOpen = 10_000;

export function createChallengeBook(clock: Clock, randomBytes: (length: number) => Uint8Array): ChallengeBook {
  const open = new Map<string, { readonly deviceId: string; readonly expiresAtMs: number }>();
  return {
    issue(deviceId) {
      const challenge = toBase64(randomBytes(32));
      open.set(challenge, { deviceId, expiresAtMs: clock.monotonicMs() + protocolLimits.challengeLifetimeMs });
      for (const oldest of open.keys()) {
        if (open.size <= maxOpen) break;
        open.delete(oldest);
      }
      return { challenge, expiresInMs: protocolLimits.challengeLifetimeMs };
    },
    take(challenge, deviceId) {
      const entry = open.get(challenge);
      open.delete(challenge);
      return entry !== undefined && entry.deviceId === deviceId && entry.expiresAtMs > clock.monotonicMs();
    },
  };
}
