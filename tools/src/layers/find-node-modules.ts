import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Finding } from '../finding.ts';
import type { WorkspacePackage } from '../read-workspace.ts';
import type { ModuleImport } from './read-imports.ts';

/**
 * Walks what `entry` loads, through relative and workspace imports, and reports each way to a module of Node itself.
 * Type-only imports load nothing. Dynamic imports count: they load, only later.
 */
export function findNodeModules(
  entry: string,
  importsOf: (path: string) => readonly ModuleImport[] | undefined,
  packages: readonly WorkspacePackage[],
): Finding[] {
  const findings: Finding[] = [];
  const seen = new Set([entry]);
  const queue: (readonly string[])[] = [[entry]];
  for (let trail = queue.shift(); trail !== undefined; trail = queue.shift()) {
    const file = trail.at(-1) ?? entry;
    for (const { specifier, typeOnly, line } of importsOf(file) ?? []) {
      if (typeOnly || specifier === undefined) continue;
      if (isBuiltin(specifier)) {
        const way = trail.length > 1 ? ` (loaded by ${trail.slice(0, -1).toReversed().join(' ← ')})` : '';
        findings.push({ file, line, message: `loads '${specifier}'${way}, but ${entry} must run where there is no Node` });
        continue;
      }
      const next = resolveSource(file, specifier, packages);
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      queue.push([...trail, next]);
    }
  }
  return findings;
}

function resolveSource(file: string, specifier: string, packages: readonly WorkspacePackage[]): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  for (const { name, entries } of packages) {
    if (specifier === name || specifier.startsWith(`${name}/`)) return entries.get(`.${specifier.slice(name.length)}`);
  }
  return undefined;
}
