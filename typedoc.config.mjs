import { readFileSync, readdirSync } from 'node:fs';
import { load } from './tools/src/typedoc-plugin.ts';

const packages = readdirSync('packages').map((folder) => ({ folder, manifest: JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')) }));

/** The documented modules are what the exports maps name, so the two cannot disagree. */
const entryPoints = packages.flatMap(({ folder, manifest }) =>
  Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : [`packages/${folder}/${target['@winre-kit/source']}`])),
);

/** @type {Partial<import('typedoc').TypeDocOptions>} */
const options = {
  name: 'winre-kit',
  plugin: [load],
  entryPointStrategy: 'resolve',
  entryPoints,
  tsconfig: 'tsconfig.test.json',
  readme: 'none',
  out: 'docs/api',
  treatWarningsAsErrors: true,
  skipErrorChecking: true, // `pnpm check types` does that
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  validation: { notExported: true, invalidLink: true, rewrittenLink: true, invalidPath: true, notDocumented: true, unusedMergeModuleWith: true },
  packagesRequiringDocumentation: packages.map(({ manifest }) => manifest.name),
  requiredToBeDocumented: ['Class', 'Enum', 'Interface', 'TypeAlias', 'Variable'],
};

export default options;
