import type { TakeContext } from './take-context.ts';

/** A damaged parent costs speed, never the snapshot. */
export function reportDamage({ tally }: Pick<TakeContext, 'tally'>, path: Uint8Array, error: unknown): void {
  tally.issues.add(path, 'parent-damaged', `the parent snapshot cannot be read here, so everything is read from the source: ${String(error)}`);
}
