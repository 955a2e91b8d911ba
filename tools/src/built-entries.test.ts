import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { build } from 'tsup';
import { expect, test } from 'vitest';
import tsupConfig from '../../tsup.config.ts';
import { makeFixtureTree } from './fixture-tree.ts';

/** The part of esbuild's metafile that is read here. */
interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>>;
}

/** Everything outside the package that a built entry reaches, through whatever chunks the bundler made. The layer check walks sources; this walks what is published. */
async function externalImportsOf(packageName: string, entries: readonly string[]): Promise<Record<string, readonly string[]>> {
  using tree = makeFixtureTree({});
  const settings = [tsupConfig].flat().find((candidate) => typeof candidate === 'object' && candidate.name === packageName);
  if (typeof settings !== 'object' || Array.isArray(settings)) throw new TypeError(`tsup.config.ts builds no package ${packageName}`);
  await build({ ...settings, config: false, outDir: tree.root, sourcemap: false, silent: true, metafile: true });
  const { outputs } = JSON.parse(readFileSync(join(tree.root, 'metafile-esm.json'), 'utf8')) as Metafile;
  const reach = (output: string, seen: Set<string>): readonly string[] => {
    if (seen.has(output)) return [];
    seen.add(output);
    return (outputs[output]?.imports ?? []).flatMap(({ path, external }) => (external ? [path] : reach(path, seen)));
  };
  return Object.fromEntries(entries.map((entry) => [entry, [...new Set(reach(relative(process.cwd(), join(tree.root, entry)), new Set()))].toSorted()]));
}

test('the built root entry of the SDK reaches zod and nothing of Node, no XML library either; the host does reach Node, so the walk sees it', async () => {
  const reached = await externalImportsOf('sdk', ['index.js', 'plugin-kit/index.js', 'windows/index.js', 'host/index.js']);
  expect(reached).toMatchObject({ 'index.js': ['zod'], 'plugin-kit/index.js': ['zod'], 'windows/index.js': ['saxes', 'zod'] });
  expect(reached['host/index.js']?.some(isBuiltin)).toBe(true);
});
