import { describe, expect, test } from 'vitest';
import { checkLayers } from './check-layers.ts';
import { fixtureManifest, makeFixtureTree } from './fixture-tree.ts';

const architecture = `# Floors
\`\`\`layers
sdk/errors ->
sdk/schemas -> sdk/errors
sdk/host -> sdk/schemas sdk/errors
agent/protocol -> sdk
agent/agent -> agent/protocol sdk sdk/host
intune/testing -> sdk
testkit/* -> sdk
examples/* -> *
\`\`\`
`;

const house = {
  'ARCHITECTURE.md': architecture,
  'packages/sdk/package.json': fixtureManifest('sdk', { '.': './src/index.ts', './host': './src/host/index.ts' }),
  'packages/agent/package.json': fixtureManifest('agent', { '.': './src/agent/index.ts', './protocol': './src/protocol/index.ts' }),
  'packages/testkit/package.json': fixtureManifest('testkit', { '.': './src/index.ts' }),
  'packages/intune/package.json': fixtureManifest('intune', { './testing': './src/testing/index.ts' }),
  'examples/lesson/package.json': '{ "name": "@winre-kit/example-lesson", "exports": { "./part": "./src/part.ts" } }',
};

/** The messages for a healthy house with one more file in it. */
function messagesFor(path: string, text: string, more: Record<string, string> = {}): string[] {
  using tree = makeFixtureTree({ ...house, ...more, [path]: text });
  return checkLayers(tree.root).map(({ file, line, message }) => `${file}:${line} ${message}`);
}

describe('an allowed import passes', () => {
  test.each([
    ['a lower floor', 'packages/sdk/src/schemas/a.ts', "import { x } from '../errors/x.ts';"],
    ['the same floor', 'packages/sdk/src/errors/a.ts', "import { x } from './x.ts';"],
    ['another package by its root entry', 'packages/agent/src/protocol/a.ts', "import { x } from '@winre-kit/sdk';"],
    ['a listed subpath', 'packages/agent/src/agent/a.ts', "import { x } from '@winre-kit/sdk/host';"],
    ['own folders, by the root index', 'packages/sdk/src/index.ts', "export { x } from './host/x.ts';"],
    ['folders of one starred floor among each other', 'packages/testkit/src/fakes/a.ts', "import { x } from '../clock/x.ts';"],
    ['a starred floor from its root index', 'packages/testkit/src/index.ts', "import { x } from '@winre-kit/sdk';"],
    ['anything, by an example', 'examples/demo/main.ts', "import { x } from '@winre-kit/agent/protocol';"],
    ['an entry of another example, by an example', 'examples/demo/main.ts', "import { x } from '@winre-kit/example-lesson/part';"],
    ['packages from elsewhere', 'packages/sdk/src/errors/a.ts', "import { z } from 'zod';"],
    ['testkit, by a test', 'packages/sdk/src/errors/a.test.ts', "import { x } from '@winre-kit/testkit';"],
    ['a testing entry, by a test', 'packages/sdk/src/errors/a.test.ts', "import { x } from '@winre-kit/intune/testing';"],
    ['everything, by a test in test/', 'packages/sdk/test/e2e.test.ts', "import { x } from '@winre-kit/agent'; import '../src/host/x.ts';"],
    ['what only looks like an import', 'packages/sdk/src/errors/a.ts', "// import '../host/x.ts'\nexport const text = `import '../host/x.ts'`;"],
  ])('%s', (_name, path, text) => {
    expect(messagesFor(path, text)).toEqual([]);
  });
});

describe('a forbidden import is reported', () => {
  test.each([
    ['a higher floor', 'packages/sdk/src/errors/a.ts', "import { x } from '../host/x.ts';", 'sdk/errors may not import sdk/host; it may import nothing'],
    ['a package that is not listed', 'packages/sdk/src/errors/a.ts', "import { x } from '@winre-kit/agent';", 'may not import agent = agent/agent'],
    ['a subpath when only the root is listed', 'packages/agent/src/protocol/a.ts', "import { x } from '@winre-kit/sdk/host';", 'may not import sdk/host'],
    ['the root when only folders are listed', 'packages/sdk/src/host/a.ts', "import { x } from '@winre-kit/sdk';", 'sdk/host may not import sdk;'],
    ['the own root index', 'packages/sdk/src/host/a.ts', "import { x } from '../index.ts';", 'sdk/host may not import sdk;'],
    ['a type', 'packages/sdk/src/errors/a.ts', "import type { X } from '../host/x.ts';", 'may not import sdk/host'],
    ['an inline type', 'packages/sdk/src/errors/a.ts', "export type X = import('../host/x.ts').X;", 'may not import sdk/host'],
    ['a re-export', 'packages/sdk/src/errors/a.ts', "export { x } from '../host/x.ts';", 'may not import sdk/host'],
    ['a re-export of everything', 'packages/sdk/src/errors/a.ts', "export * from '../host/x.ts';", 'may not import sdk/host'],
    ['a dynamic import', 'packages/sdk/src/errors/a.ts', "export const load = () => import('../host/x.ts');", 'may not import sdk/host'],
    ['a worker by URL', 'packages/sdk/src/errors/a.ts', "new URL('../host/worker.ts', import.meta.url);", 'may not import sdk/host'],
    ['a computed import', 'packages/sdk/src/errors/a.ts', 'export const load = (name: string) => import(name);', 'computed name'],
    ['a path into another package', 'packages/agent/src/protocol/a.ts', "import { x } from '../../../sdk/src/index.ts';", 'leaves packages/agent'],
    ['a path into a package, by a test', 'packages/agent/test/a.test.ts', "import { x } from '../../sdk/src/index.ts';", 'leaves packages/agent'],
    ['a file behind the exports map', 'examples/demo/main.ts', "import { x } from '@winre-kit/sdk/src/host/x.ts';", 'no entry of @winre-kit/sdk'],
    ['a file that another example does not offer', 'examples/demo/main.ts', "import { x } from '@winre-kit/example-lesson/main';", 'no entry of @winre-kit/example-lesson'],
    ['an example, by a package', 'packages/agent/src/agent/a.ts', "import { x } from '@winre-kit/example-lesson/part';", 'may not import lesson/part = examples/lesson'],
    ['an unknown package', 'packages/sdk/src/errors/a.ts', "import { x } from '@winre-kit/sdkk';", 'no package of this workspace'],
    ['testkit, outside tests', 'packages/sdk/src/errors/a.ts', "import { x } from '@winre-kit/testkit';", 'may not import testkit'],
    ['a higher floor, by a test', 'packages/sdk/src/errors/a.test.ts', "import { x } from '../host/x.ts';", 'may not import sdk/host'],
    ['another package, by a root index', 'packages/sdk/src/index.ts', "export { x } from '@winre-kit/testkit';", 'its own folders only'],
    ['a folder that no line speaks for', 'packages/sdk/src/attic/a.ts', "import { x } from '../errors/x.ts';", 'no line of the floors speaks for sdk/attic'],
  ])('%s', (_name, path, text, reason) => {
    const messages = messagesFor(path, text);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(`${path}:1 `);
    expect(messages[0]).toContain(reason);
  });

  test('with the line it stands on', () => {
    const text = "import { a } from './b.ts';\n\nimport {\n  x,\n} from '../host/x.ts';\n";
    expect(messagesFor('packages/sdk/src/errors/a.ts', text)[0]).toMatch(/^packages\/sdk\/src\/errors\/a\.ts:3 imports '\.\.\/host\/x\.ts'/);
  });
});

describe('the root entry of sdk', () => {
  const root = { 'packages/sdk/src/index.ts': "export { x } from './schemas/x.ts';" };

  test('may not reach a module of Node, however far away', () => {
    const messages = messagesFor('packages/sdk/src/schemas/x.ts', "export { x } from '../errors/y.ts';", {
      ...root,
      'packages/sdk/src/errors/y.ts': "export const x = await import('node:fs');",
    });
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain("packages/sdk/src/errors/y.ts:1 loads 'node:fs' (loaded by packages/sdk/src/schemas/x.ts ← packages/sdk/src/index.ts)");
  });

  test('may not reach it under its old name', () => {
    expect(messagesFor('packages/sdk/src/schemas/x.ts', "import { readFileSync } from 'fs';", root)).toHaveLength(1);
  });

  test('may use its types, and other entries may load it', () => {
    const host = { 'packages/sdk/src/host/y.ts': "import 'node:fs';" };
    expect(messagesFor('packages/sdk/src/schemas/x.ts', "import type { Stats } from 'node:fs';", { ...root, ...host })).toEqual([]);
  });
});

test('a missing list, a line without arrow and a floor listed twice are refused', () => {
  for (const [text, reason] of [
    ['# no floors', 'no ```layers block'],
    ['```layers\nsdk/errors\n```\n', 'not of the form'],
    ['```layers\nsdk/errors ->\nsdk/errors -> sdk\n```\n', 'listed twice'],
  ] as const) {
    using tree = makeFixtureTree({ 'ARCHITECTURE.md': text });
    expect(() => checkLayers(tree.root)).toThrow(reason);
  }
});
