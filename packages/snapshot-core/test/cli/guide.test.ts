import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tableOf } from '../../src/cli/completion/command-table.ts';
import { createProgram } from '../../src/cli/create-program.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';

const guide = readFileSync(new URL('../../../../docs/guides/winre-snapshot.md', import.meta.url), 'utf8');
const sources = new URL('../../src/cli/', import.meta.url).pathname;
const table = tableOf(createProgram({ stdout: process.stdout, stderr: process.stderr }, async () => {}));

test('the guide names every verb and every option', () => {
  const names = table.flatMap(({ path, options }) => [path.join(' '), ...options.map(({ names }) => names.at(-1) ?? '')]);
  const helpers = ['', 'schedule show', '--help', '--version'];
  expect([...new Set(names)].filter((name) => !helpers.includes(name) && !new RegExp(`\`[^\`]*${name}\\b`).test(guide))).toEqual([]);
});

test('every exit status has its row, in the words of --help', () => {
  for (const { status, meaning } of Object.values(exitCodes)) expect(guide).toContain(`| ${status} | ${meaning}`);
});

test('every type of JSON line that the sources write has its row, and no other has', () => {
  const texts = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts')).map((path) => readFileSync(join(sources, path), 'utf8'));
  const written = new Set(texts.flatMap((text) => [...text.matchAll(/\{ type: '(?<type>[^']+)'/g)].map(({ groups }) => groups?.['type'] ?? '')));
  const documented = [...guide.slice(guide.indexOf('## For programs')).matchAll(/^\| `(?<type>[a-z-]+)` \|/gm)].map(({ groups }) => groups?.['type'] ?? '');
  expect(documented.filter((type) => type !== 'type').toSorted()).toEqual([...written].toSorted());
});
