import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorCodes } from '../../packages/sdk/src/errors/error-codes.table.ts';
import { errorCodes as snapshotErrorCodes } from '../../packages/snapshot-core/src/errors/error-codes.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reference/refused-input.md'), 'utf8');
const codes = new Set([...Object.keys(errorCodes), ...Object.keys(snapshotErrorCodes)]);
const sources = readdirSync(join(root, 'packages')).flatMap((name) => readSources(join(root, 'packages', name, 'src'))).join('\n');

function readSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts')).map((path) => readFileSync(join(folder, path), 'utf8'));
}

/** The rows of every table: what is refused, the column of codes, the column of tests. */
const rows = [...page.matchAll(/^\| (?!what |---)(?<what>[^|]*) \| [^|]* \| (?<refusal>[^|]*) \| (?<shown>[^|]*) \|$/gm)].map(({ groups }) => ({ what: '', refusal: '', shown: '', ...groups }));

/** Whether a test file has a test, a group or a case of this name. */
function hasTest(text: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => ['(', '['].some((before) => text.includes(`${before}${quote}${title}${quote}`)) || text.includes(` ${quote}${title}${quote}, `));
}

test('the page has its rows, and every line of its tables is one', () => {
  expect(rows.length).toBeGreaterThan(70);
  expect(rows).toHaveLength(page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:what|---)/.test(line)).length);
});

test('every code is one of the tables, and every reason is one that the sources give', () => {
  const findings = rows.flatMap(({ what, refusal }) => {
    const reasons = [...refusal.matchAll(/\((?<list>[^)]*)\)/g)].flatMap(({ groups }) => namesIn(groups?.['list'] ?? ''));
    const named = namesIn(refusal.replaceAll(/\([^)]*\)/g, ''));
    const unknown = [...named.filter((code) => !codes.has(code)), ...reasons.filter((reason) => !sources.includes(`'${reason}'`))];
    return named.length === 0 ? [`${what}: no code`] : unknown.map((name) => `${what}: ${name}`);
  });
  expect(findings).toEqual([]);
});

test('every row is shown by a test that exists', () => {
  const findings = rows.flatMap(({ what, shown }) => {
    const cited = [...shown.matchAll(/\[[^\]]+\]\((?<file>[^)]+)\) "(?<title>[^"]+)"/g)].map(({ groups }) => ({ file: '', title: '', ...groups }));
    const missing = cited.filter(({ file, title }) => {
      const path = join(root, 'docs/reference', file);
      return !existsSync(path) || !hasTest(readFileSync(path, 'utf8'), title);
    });
    return cited.length === 0 ? [`${what}: no test`] : missing.map(({ file, title }) => `${what}: ${file} "${title}"`);
  });
  expect(findings).toEqual([]);
});

function namesIn(text: string): string[] {
  return [...text.matchAll(/`(?<name>[^`]+)`/g)].map(({ groups }) => groups?.['name'] ?? '');
}
