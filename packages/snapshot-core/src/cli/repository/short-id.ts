/** Beginnings of ids, long enough that no two of these are alike; at least eight characters. */
export function shortIds(ids: readonly string[]): ReadonlyMap<string, string> {
  const sorted = ids.toSorted();
  const sharedLength = (left: string, right: string | undefined) => {
    let at = 0;
    while (right !== undefined && at < left.length && left[at] === right[at]) at++;
    return at;
  };
  const longest = sorted.reduce((most, id, at) => Math.max(most, sharedLength(id, sorted[at + 1])), 0);
  return new Map(ids.map((id) => [id, id.slice(0, Math.max(8, longest + 1))]));
}
