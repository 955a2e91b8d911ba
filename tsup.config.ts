import { readFileSync, readdirSync } from 'node:fs';
import { defineConfig } from 'tsup';

interface Manifest {
  name: string;
  exports: Record<string, string | { '@winre-kit/source': string }>;
}

/** Programs that a package starts by path: built like entries, exported by nobody. */
const programs: Record<string, readonly string[]> = {
  'plugin-sample-emm': ['server/main'],
  'snapshot-core': ['cli/main', 'worker-entry/main'],
  'winre-agent': ['agent/main'],
};

/** The entries of a package are what its exports map names, so the two cannot disagree. */
function entriesOf(folder: string): Record<string, string> {
  const manifest = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')) as Manifest;
  const sources = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@winre-kit/source'].replace(/^\.\/src\/(.*)\.ts$/, '$1')],
  );
  return Object.fromEntries([...sources, ...(programs[folder] ?? [])].map((entry) => [entry, `packages/${folder}/src/${entry}.ts`]));
}

// One process builds every package; declarations come from `tsc -b`.
export default defineConfig(
  readdirSync('packages').map((folder) => ({
    name: folder,
    entry: entriesOf(folder),
    outDir: `packages/${folder}/dist`,
    format: ['esm' as const],
    target: 'node22',
    dts: false,
    clean: false,
    sourcemap: true,
    skipNodeModulesBundle: true,
    // Some modules, such as node:sqlite, exist under their prefixed name only.
    removeNodeProtocol: false,
  })),
);
