/** A moment as Graph writes it. */
export function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}
