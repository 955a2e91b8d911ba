import { describe, expect, test } from 'vitest';
import { checkLength, judgeFile, maxLines } from './check-length.ts';
import { makeFixtureTree } from './fixture-tree.ts';

const silence = ['eval(x); // oxlint', 'disable-line no-eval'].join('-');
const lines = (count: number): string => '// line\n'.repeat(count);

describe('a file that keeps the rules', () => {
  test.each([
    ['at the limit', 'packages/sdk/src/host/a.ts', lines(maxLines)],
    ['a long table', 'packages/sdk/src/windows/csp-nodes.table.ts', lines(maxLines + 1)],
    ['a long test', 'packages/sdk/src/host/a.test.ts', lines(maxLines + 1)],
    ['listed exports', 'packages/sdk/src/index.ts', "export { a, type B } from './a.ts';"],
    ['an error of the package', 'packages/sdk/src/host/a.ts', "throw new RecoveryError('internal', 'x');"],
    ['a programming mistake', 'packages/sdk/src/host/a.ts', "throw new TypeError('x');"],
    ['a plain error in a test', 'packages/sdk/src/host/a.test.ts', "throw new Error('x');"],
    ['a lint rule silenced with its reason', 'packages/sdk/src/host/a.ts', `${silence} -- the point of this file`],
    ['a plain error in an example', 'examples/demo/main.ts', "throw new Error('x');"],
  ])('%s', (_name, path, text) => {
    expect(judgeFile(path, text)).toEqual([]);
  });
});

describe('a file that breaks a rule', () => {
  test.each([
    ['too long', 'packages/sdk/src/host/a.ts', lines(maxLines + 1), 0, 'has 301 lines'],
    ['a default export', 'packages/sdk/src/host/a.ts', '\nexport default function a() {}', 2, 'exports a default'],
    ['a default expression', 'examples/demo/main.ts', 'export default 1;', 1, 'exports a default'],
    ['a name exported as default', 'tools/src/a.ts', 'const a = 1;\nexport { a as default };', 2, 'exports a default'],
    ['export everything', 'packages/sdk/src/index.ts', "export * from './a.ts';", 1, 'exports everything'],
    ['export everything as a namespace', 'packages/sdk/src/index.ts', "export * as a from './a.ts';", 1, 'exports everything'],
    ['camel case', 'packages/sdk/src/host/auditTree.ts', '', 0, 'not named in lower case'],
    ['underscores in a test', 'packages/sdk/src/host/audit_tree.test.ts', '', 0, 'not named in lower case'],
    ['utils', 'packages/sdk/src/host/utils.ts', '', 0, 'name that says nothing'],
    ['some helpers', 'packages/sdk/src/host/test-helpers.ts', '', 0, 'name that says nothing'],
    ['a plain error', 'packages/sdk/src/host/a.ts', "if (1)\n  throw new Error('x');", 2, 'plain Error'],
    ['a lint rule silenced without a reason', 'packages/sdk/src/host/a.ts', `\n${silence}`, 2, 'silences a lint rule'],
    ['a plain error without new', 'packages/sdk/src/host/a.ts', "throw Error('x');", 1, 'plain Error'],
  ])('%s', (_name, path, text, line, reason) => {
    const findings = judgeFile(path, text);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ file: path, line });
    expect(findings[0]?.message).toContain(reason);
  });
});

test('reads packages, examples and tools, but no build output, installed package or generated code', () => {
  const bad = 'export default 1;';
  using tree = makeFixtureTree({
    'packages/sdk/src/a.ts': bad,
    'examples/demo/b.ts': bad,
    'tools/src/c.ts': bad,
    'packages/sdk/dist/a.ts': bad,
    'packages/sdk/node_modules/x/a.ts': bad,
    'packages/sdk/src/kernels/generated/k.ts': bad,
    'vitest.config.ts': bad,
  });
  expect(checkLength(tree.root).map(({ file }) => file)).toEqual(['packages/sdk/src/a.ts', 'examples/demo/b.ts', 'tools/src/c.ts']);
});
