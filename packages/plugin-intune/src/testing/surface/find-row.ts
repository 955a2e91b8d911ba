import { graphSurface } from './graph-surface.table.ts';
import type { GraphRow, GraphVersion } from './graph-row.ts';

/** What a method and path mean in a version. */
export type RowVerdict =
  | { readonly kind: 'found'; readonly row: GraphRow; readonly params: Readonly<Record<string, string>> }
  /** The path exists, but only in the other version. */
  | { readonly kind: 'wrong-version' }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown-path' };

const patterns: readonly { readonly row: GraphRow; readonly pattern: RegExp }[] = graphSurface.map((row) => ({
  row,
  pattern: new RegExp(`^${row.path.replaceAll(/[()$.]/g, String.raw`\$&`).replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/']+)`)}$`),
}));

/** The operation that a request names. Pure. `path` starts after the version and is decoded. */
export function findRow(version: GraphVersion, method: string, path: string): RowVerdict {
  const hits = patterns.flatMap(({ row, pattern }) => {
    const match = pattern.exec(path);
    return match ? [{ row, params: { ...match.groups } }] : [];
  });
  // `managedDevices/executeAction` also has the form of `managedDevices/{deviceId}`: words win over variables.
  const exact = hits.filter(({ params }) => Object.keys(params).length === 0);
  const candidates = exact.some(({ row }) => row.method === method) ? exact : hits;
  const here = candidates.filter(({ row }) => row.versions.includes(version));
  const found = here.find(({ row }) => row.method === method);
  if (found) return { kind: 'found', ...found };
  if (candidates.some(({ row }) => row.method === method)) return { kind: 'wrong-version' };
  return hits.length === 0 ? { kind: 'unknown-path' } : { kind: 'wrong-method', allowed: [...new Set(hits.map(({ row }) => row.method))] };
}
