import type { z } from 'zod';

/** What the device was seen to have, or what is stored for it when that was never seen. */
export interface PolicyView {
  readonly policy: object | null;
  readonly source: 'device' | 'stored';
  readonly observedAt?: string;
  /** Members that the device does not say, taken from what is stored: a switch that is off hides what belongs to it. */
  readonly assumed?: readonly string[];
}

/**
 * Chooses what to show. Pure.
 *
 * @param read members that the device was read to have
 * @param observedAt when that was; nothing when it never was
 */
export function policyView(schema: z.ZodType<object>, stored: object | undefined, read: object | undefined, observedAt: string | undefined): PolicyView {
  if (read === undefined || observedAt === undefined) return { policy: stored ?? null, source: 'stored' };
  const whole = Object.keys(read).length === 0 ? undefined : schema.safeParse({ ...stored, ...read }).data;
  const assumed = Object.keys(whole ?? {}).filter((member) => !Object.hasOwn(read, member));
  return { policy: whole ?? null, source: 'device', observedAt, ...(assumed.length > 0 && { assumed }) };
}
