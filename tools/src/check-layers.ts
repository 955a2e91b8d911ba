import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { findNodeModules } from './layers/find-node-modules.ts';
import { judgeImport } from './layers/judge-import.ts';
import { parseLayerList } from './layers/layer-list.ts';
import { readImports, type ModuleImport } from './layers/read-imports.ts';
import { listSourceFiles } from './list-source-files.ts';
import { readWorkspace } from './read-workspace.ts';
import { reportFindings } from './report-findings.ts';

/** Entries that must load in a browser, a worker or an edge runtime. */
const entriesWithoutNode = ['packages/sdk/src/index.ts'];

/** Compares every import below `packages/` and `examples/` with the floors listed in ARCHITECTURE.md. */
export function checkLayers(root: string): Finding[] {
  const layers = parseLayerList(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));
  const packages = [...readWorkspace(root), ...readWorkspace(root, 'examples')];
  const imports = new Map<string, readonly ModuleImport[]>();
  for (const path of ['packages', 'examples'].flatMap((area) => listSourceFiles(root, area))) {
    imports.set(path, readImports(path, readFileSync(join(root, path), 'utf8')));
  }
  const edges = [...imports].flatMap(([file, list]) =>
    list.flatMap((item) => {
      const message = judgeImport(file, item, layers, packages);
      return message === undefined ? [] : [{ file, line: item.line, message }];
    }),
  );
  const nodeModules = entriesWithoutNode
    .filter((entry) => existsSync(join(root, entry)))
    .flatMap((entry) => findNodeModules(entry, (path) => imports.get(path), packages));
  return [...edges, ...nodeModules];
}

if (import.meta.main) process.exitCode = reportFindings('layers', checkLayers(process.cwd()));
