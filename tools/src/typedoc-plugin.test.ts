import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFixtureTree } from './fixture-tree.ts';

const options = {
  entryPoints: ['entry.ts'],
  readme: 'none',
  disableSources: true,
  requiredToBeDocumented: ['Interface', 'TypeAlias', 'Variable'],
  validation: { notDocumented: true },
};

/** Names that TypeDoc reports as undocumented for a module of its own. */
function undocumentedIn(text: string): string[] {
  using tree = makeFixtureTree({
    'package.json': '{"name":"fixture"}',
    'tsconfig.json': '{"compilerOptions":{"strict":true,"types":[]},"files":["entry.ts"]}',
    'typedoc.config.mjs': `import { load } from ${JSON.stringify(join(import.meta.dirname, 'typedoc-plugin.ts'))};
export default { ...${JSON.stringify(options)}, plugin: [load] };`,
    'entry.ts': text,
  });
  const typedoc = join(import.meta.dirname, '../../node_modules/typedoc/bin/typedoc');
  const { stdout, stderr, status } = spawnSync(process.execPath, [typedoc, '--emit', 'none', '--pretty', 'false'], { cwd: tree.root, encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  return [...(stdout + stderr).matchAll(/(?<name>\w+) \(\w+\).* does not have any documentation/g)].map(({ groups }) => groups?.['name'] ?? '');
}

test('an exported function without a text is reported, a documented one and a method are not', () => {
  const text = '/** Says so. */\nexport function good(): void {}\nexport function bad(): void {}\n/** Has one. */\nexport interface Holder { method(): void }';
  expect(undocumentedIn(text)).toEqual(['bad']);
});

test('a type derived from a documented value takes its text, one derived from an undocumented value does not', () => {
  const text = `
/** A table. */
export const table = { a: 1 };
export type Key = keyof typeof table;
export type Row = (typeof table)['a'];
export type Held = Promise<typeof table>;
export const bare = { a: 1 };
export type BareKey = keyof typeof bare;
export type Plain = string;`;
  expect(undocumentedIn(text)).toEqual(['bare', 'BareKey', 'Plain']);
});
