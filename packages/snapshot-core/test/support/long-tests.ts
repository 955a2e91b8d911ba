/** `usual`, or `long` when `WINRE_KIT_LONG_TESTS` is set: how often tests with random points repeat themselves. */
export function usualOrLong(usual: number, long: number): number {
  return (process.env['WINRE_KIT_LONG_TESTS'] ?? '') === '' ? usual : long;
}
