import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readExports } from './exports/read-exports.ts';
import { makeFixtureTree } from './fixture-tree.ts';
import type { ImportTrace } from './import-probe.ts';
import { readWorkspace } from './read-workspace.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const packages = readWorkspace(root);
const entries = packages.flatMap(({ name, entries: list }) => [...list].map(([subpath, source]) => ({ name: name + subpath.slice(1), source })));

const nothing: ImportTrace = { environmentReads: [], resources: [], processListeners: [], output: [], refused: [], unbrandedErrors: [] };

/** Imports a file in a fresh Node that may read files and do nothing else. */
async function traceImport(file: string): Promise<ImportTrace> {
  const probe = join(import.meta.dirname, 'import-probe.ts');
  const flags = ['--permission', '--allow-fs-read=*', '--no-warnings', '--conditions=@winre-kit/source'];
  const { stdout } = await run(process.execPath, [...flags, probe, file], { env: {}, timeout: 15_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ImportTrace;
}

describe('importing an entry does nothing', () => {
  test.concurrent.each(entries)('$name', async ({ source }) => {
    expect(await traceImport(join(root, source))).toEqual(nothing);
  });
});

describe('the probe sees', () => {
  test.concurrent.each([
    ['an environment read', "export const level = process.env['LOG_LEVEL'];", { environmentReads: ['LOG_LEVEL'] }],
    ['an environment test', "export const on = 'DEBUG' in process.env;", { environmentReads: ['DEBUG'] }],
    ['an environment read by import', "import { env } from 'node:process';\nexport const on = env['CI'];", { environmentReads: ['CI'] }],
    ['a timer that is left', 'setInterval(() => {}, 1e6).unref();', { resources: ['Timeout'] }],
    ['a listener on the process', "process.on('uncaughtException', () => {});", { processListeners: ['uncaughtException'] }],
    ['output', "console.log('ready');", { output: ['ready\n'] }],
    ['an error class without a brand', 'export class BareError extends Error {}', { unbrandedErrors: ['BareError'] }],
    ['a brand that says yes to everything', 'export class Yes extends Error { static isInstance() { return true; } }', { unbrandedErrors: ['Yes'] }],
  ])('%s', async (_name, text, expected) => {
    using tree = makeFixtureTree({ 'entry.ts': text, 'package.json': '{"type":"module"}' });
    expect(await traceImport(join(tree.root, 'entry.ts'))).toEqual({ ...nothing, ...expected });
  });

  test.concurrent.each([
    ['a file written', "import { writeFileSync } from 'node:fs';\nwriteFileSync(import.meta.dirname + '/x', '');"],
    ['a child process', "import { spawnSync } from 'node:child_process';\nconst child = spawnSync('true'); if (child.error) throw child.error;"],
    ['a server', "import { createServer } from 'node:net';\nawait new Promise((resolve, reject) => createServer().on('error', reject).listen(0, resolve));"],
  ])('%s', async (_name, text) => {
    using tree = makeFixtureTree({ 'entry.ts': text, 'package.json': '{"type":"module"}' });
    const { refused } = await traceImport(join(tree.root, 'entry.ts'));
    expect(refused.join()).toContain('Access to this API has been restricted');
  });
});

test('every exported error class has a code and isInstance', () => {
  const classes = readExports(root, packages).flatMap((entry) =>
    entry.exports.flatMap(({ name, errorClass }) => (errorClass === undefined ? [] : [{ entry: entry.package + entry.subpath.slice(1), name, ...errorClass }])),
  );
  expect(classes.filter(({ hasCode, hasIsInstance }) => !hasCode || !hasIsInstance)).toEqual([]);
});
