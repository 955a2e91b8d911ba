import { chmodSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeFixtureTree } from './fixture-tree.ts';
import { listExamples, runExamples } from './run-examples.ts';

const manifest = (scripts: Record<string, string>): string => JSON.stringify({ scripts });

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Examples below a folder where `pnpm` is a program that runs `start.sh` of the example it is pointed at. */
function makeExamples(files: Record<string, string>): ReturnType<typeof makeFixtureTree> {
  const tree = makeFixtureTree({ ...files, 'bin/pnpm': '#!/bin/sh\nexec sh "$3/start.sh"\n' });
  chmodSync(join(tree.root, 'bin/pnpm'), 0o755);
  vi.stubEnv('PATH', join(tree.root, 'bin') + delimiter + process.env['PATH']);
  vi.spyOn(console, 'log').mockReturnValue();
  return tree;
}

test('every folder is an example, in order, and none is skipped', () => {
  using tree = makeExamples({
    'examples/b/package.json': manifest({ start: 'x' }),
    'examples/a/package.json': manifest({}),
  });
  expect(listExamples(tree.root)).toEqual([
    { folder: 'examples/a', hasStart: false },
    { folder: 'examples/b', hasStart: true },
  ]);
});

test('an example that fails, is killed or cannot start does not hide the others', () => {
  using tree = makeExamples({
    'examples/a/package.json': manifest({ start: 'x' }),
    'examples/a/start.sh': 'exit 3',
    'examples/b/package.json': manifest({ start: 'x' }),
    'examples/b/start.sh': 'exit 0',
    'examples/c/package.json': manifest({ start: 'x' }),
    'examples/c/start.sh': 'kill -9 $$',
    'examples/d/package.json': manifest({ build: 'x' }),
  });
  expect(runExamples(tree.root)).toEqual([
    'examples/a ended with exit code 3',
    'examples/c ended with SIGKILL',
    'examples/d has no "start" script',
  ]);
});

test('no example at all is a failure', () => {
  using tree = makeExamples({ 'examples/README.md': '' });
  expect(runExamples(tree.root)).toEqual(['examples/ is empty']);
});
