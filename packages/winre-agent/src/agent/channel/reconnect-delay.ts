/**
 * How long to wait before the next attempt to reach the gateway: doubling from `firstMs` up to `maxMs`, each between half and all of it, so that
 * a building full of devices does not come back in one moment.
 *
 * @param failures attempts that failed in a row, from 1
 * @param random in [0, 1)
 */
export function reconnectDelayMs(failures: number, random: number, { firstMs, maxMs }: { readonly firstMs: number; readonly maxMs: number }): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}
