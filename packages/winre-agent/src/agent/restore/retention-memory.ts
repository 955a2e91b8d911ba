import { restorePolicySchema, type RestorePolicy } from '@winre-kit/sdk';
import { z } from 'zod';

const termsSchema = restorePolicySchema.pick({ retentionHours: true, maxDiskBytes: true });
type Terms = z.infer<typeof termsSchema>;

/** Under which terms restore points were taken. */
export const retentionMemorySchema = z.strictObject({ current: termsSchema.optional(), former: z.array(z.strictObject({ ...termsSchema.shape, replacedAtMs: z.number() })) });
export type RetentionMemory = z.infer<typeof retentionMemorySchema>;

/**
 * The terms to apply now: the policy's, but never stricter than those of a former one while its own retention has not run out since it was replaced. A policy
 * needs nobody's approval, so it must not be a way to make a device throw its restore points away. Pure.
 *
 * @param nowMs by a clock that the gateway cannot move forward
 * @returns the terms, and what to remember
 */
export function retentionAfter(memory: RetentionMemory, { retentionHours, maxDiskBytes }: RestorePolicy, nowMs: number): Terms & { readonly memory: RetentionMemory } {
  const current = { retentionHours, maxDiskBytes };
  const replaced = memory.current && (memory.current.retentionHours > retentionHours || memory.current.maxDiskBytes > maxDiskBytes) ? [{ ...memory.current, replacedAtMs: nowMs }] : [];
  const endMs = (terms: RetentionMemory['former'][number]): number => terms.replacedAtMs + terms.retentionHours * 3_600_000;
  const candidates = [...replaced, ...memory.former].filter((terms) => nowMs < endMs(terms));
  // What another one covers in every respect need not be remembered, so changing a policy to and fro fills nothing.
  const former = candidates.filter((terms, index) => !candidates.some((other, place) => place < index && other.retentionHours >= terms.retentionHours && other.maxDiskBytes >= terms.maxDiskBytes && endMs(other) >= endMs(terms)));
  return {
    memory: { current, former },
    retentionHours: former.reduce<Terms>((longest, terms) => (terms.retentionHours > longest.retentionHours ? terms : longest), current).retentionHours,
    maxDiskBytes: Math.max(maxDiskBytes, ...former.map((terms) => terms.maxDiskBytes)),
  };
}
