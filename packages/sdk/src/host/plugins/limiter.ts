import { z } from 'zod';
import type { CapabilityDescriptor } from '../../contract/capability-descriptor.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Limiter, PluginStorage } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { judgeQuota, useQuota, type Quota, type QuotaUse } from './judge-quota.ts';

const storedUseSchema = z.object({ day: z.string(), usedToday: z.number().nonnegative() });

/** Enforces the quotas a descriptor declares. What was used today is stored, so that a restart does not refill the day. */
export function createLimiter({ descriptor, clock, storage }: { readonly descriptor: CapabilityDescriptor; readonly clock: Clock; readonly storage: PluginStorage }): Limiter {
  const uses = new Map<string, QuotaUse>();
  let queue: Promise<unknown> = Promise.resolve();

  const loadUse = async (capability: string): Promise<QuotaUse> => {
    const known = uses.get(capability);
    if (known) return known;
    const stored = storedUseSchema.safeParse(await storage.get(`quota/${capability}`));
    return { recent: [], day: '', usedToday: 0, ...stored.data };
  };
  /** Undefined when taken, otherwise how long to wait. */
  const tryTake = async (capability: string, quota: Quota, cost: number): Promise<number | undefined> => {
    const use = await loadUse(capability);
    const time = { nowMs: clock.now(), monotonicMs: clock.monotonicMs() };
    const verdict = judgeQuota(quota, use, cost, time);
    if (verdict.verdict === 'exhausted') throw new RecoveryError('resource-exhausted', `${capability}: ${verdict.reason}`, { retryAfterMs: verdict.retryAfterMs });
    if (verdict.verdict === 'wait') return verdict.waitMs;
    const used = useQuota(use, cost, time);
    uses.set(capability, used);
    if (quota.perDay !== undefined) await storage.set(`quota/${capability}`, { day: used.day, usedToday: used.usedToday });
    return undefined;
  };

  return {
    async take(capability, cost, { signal }) {
      signal.throwIfAborted();
      const quota = quotaOf(descriptor, capability);
      if (!quota) return;
      for (;;) {
        const attempt = queue.then(() => tryTake(capability, quota, cost));
        queue = attempt.catch(() => {});
        const waitMs = await attempt;
        if (waitMs === undefined) return;
        await clock.sleep(waitMs, { signal });
      }
    },
  };
}

function quotaOf(descriptor: CapabilityDescriptor, capability: string): Quota | undefined {
  const claim = Object.entries(descriptor.capabilities).find(([id]) => id === capability)?.[1];
  if (!claim || claim.level === 'unavailable') return undefined;
  const { quotaPerMinute: perMinute, quotaPerDay: perDay } = claim.parameters;
  return perMinute === undefined && perDay === undefined ? undefined : { perMinute, perDay };
}
