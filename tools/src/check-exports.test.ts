import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkExports, updatePins } from './check-exports.ts';
import { readExports } from './exports/read-exports.ts';
import { fixtureManifest, makeFixtureTree, type FixtureTree } from './fixture-tree.ts';
import { readWorkspace } from './read-workspace.ts';

const surface = `
export { one, two as renamed, Both, Shape } from './parts.ts';
export type { OnlyType, Both as TypeOfBoth } from './parts.ts';
`;

function makePackage(index = surface): FixtureTree {
  return makeFixtureTree({
    'packages/sdk/package.json': fixtureManifest('sdk', { '.': './src/index.ts', './host': './src/host/index.ts' }),
    'packages/sdk/src/index.ts': index,
    'packages/sdk/src/host/index.ts': 'export {};',
    'packages/sdk/src/parts.ts': `
      export const one = 1; export function two() {} export class Both {}
      export const Shape = { a: 1 }; export type Shape = { a: number };
      export interface OnlyType {} export const hidden = 1;`,
  });
}

test('the pin lists every exported name once, sorted, with what it is', () => {
  using tree = makePackage();
  updatePins(tree.root);
  expect(readFileSync(join(tree.root, 'tools/api-pins/sdk.index.txt'), 'utf8')).toBe(
    ['Both: value and type', 'OnlyType: type', 'Shape: value and type', 'TypeOfBoth: type', 'one: value', 'renamed: value', ''].join('\n'),
  );
  expect(readFileSync(join(tree.root, 'tools/api-pins/sdk.host.txt'), 'utf8')).toBe('');
  expect(checkExports(tree.root)).toEqual([]);
});

test('an added and a removed name are shown as a difference', () => {
  using tree = makePackage();
  updatePins(tree.root);
  writeFileSync(join(tree.root, 'packages/sdk/src/index.ts'), surface.replace('one,', 'hidden,'));
  const findings = checkExports(tree.root);
  expect(findings).toHaveLength(1);
  expect(findings[0]?.file).toBe('tools/api-pins/sdk.index.txt');
  expect(findings[0]?.message).toContain('  - one: value\n  + hidden: value');
});

test('a value that became a type only is a difference', () => {
  using tree = makePackage();
  updatePins(tree.root);
  writeFileSync(join(tree.root, 'packages/sdk/src/index.ts'), surface.replace('Both, Shape', 'type Both, Shape'));
  expect(checkExports(tree.root)[0]?.message).toContain('  - Both: value and type\n  + Both: type');
});

test('a missing pin and a pin without an entry are reported, and --update settles both', () => {
  using tree = makePackage();
  updatePins(tree.root);
  rmSync(join(tree.root, 'tools/api-pins/sdk.host.txt'));
  writeFileSync(join(tree.root, 'tools/api-pins/sdk.gone.txt'), '');
  expect(checkExports(tree.root).map(({ file }) => file)).toEqual(['tools/api-pins/sdk.gone.txt', 'tools/api-pins/sdk.host.txt']);
  updatePins(tree.root);
  expect(checkExports(tree.root)).toEqual([]);
});

test('an export that names nothing is reported', () => {
  using tree = makePackage("export { nothing } from './parts.ts';");
  updatePins(tree.root);
  expect(checkExports(tree.root)[0]?.message).toContain('"nothing" is exported, but names nothing');
});

test('an exported error class tells whether it has a code and a brand', () => {
  using tree = makePackage('export class Bare extends Error {}\nexport class Good extends Error { code = "x"; static isInstance() { return false; } }\nexport class NoError {}');
  const [root] = readExports(tree.root, readWorkspace(tree.root));
  expect(root?.exports.map(({ errorClass }) => errorClass)).toEqual([
    { hasCode: false, hasIsInstance: false },
    { hasCode: true, hasIsInstance: true },
    undefined,
  ]);
});

test('what an entry about Windows exports names the page it follows, or says that it is our own rule', () => {
  const index = `
/** Follows a page. @see https://learn.microsoft.com/a */
export const table = 1;
/**
 * Follows one.
 * @see https://learn.microsoft.com/b
 */
export function read() {}
/** Our own rule: because. */
export const rule = 1;
/** Refers to {@link table}. @see {@link table} */
export const link = 1;
/** Says nothing. */
export function bare() {}
export { moved } from './moved.ts';
/** No value. */
export interface Shape {}`;
  using tree = makeFixtureTree({
    'packages/sdk/package.json': fixtureManifest('sdk', { '.': './src/other.ts', './windows': './src/index.ts' }),
    'packages/sdk/src/other.ts': 'export const unsourced = 1;',
    'packages/sdk/src/index.ts': index,
    'packages/sdk/src/moved.ts': '/** Text. */\nexport const moved = 1;',
  });
  updatePins(tree.root);
  expect(checkExports(tree.root).map(({ file, message }) => [file, message.split(';')[0]])).toEqual(['bare', 'link', 'moved'].map((name) => ['tools/api-pins/sdk.windows.txt', `"${name}" names no source`]));
});
