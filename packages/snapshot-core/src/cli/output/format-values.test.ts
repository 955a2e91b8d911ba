import { expect, test } from 'vitest';
import { formatTable } from './format-table.ts';
import { formatBytes, formatCount, formatDuration, formatTime } from './format-values.ts';
import { shortIds } from '../repository/short-id.ts';
import { printable } from './printable.ts';

test.each([[0, '0 B'], [999, '999 B'], [1_000, '1.0 KiB'], [1_536, '1.5 KiB'], [2 ** 20 * 99.96, '100 MiB'], [2 ** 30 * 12.34, '12.3 GiB'], [2 ** 40 * 4, '4.0 TiB']])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([[0, '0:00'], [59_499, '0:59'], [61_000, '1:01'], [3_600_000 * 25 + 1_000, '25:00:01']])('%d ms are %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});

test('a time is that moment, wherever it is read', () => {
  for (const timeMs of [0, 1_700_000_000_000, 1_720_000_000_000]) {
    expect(formatTime(timeMs)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
    expect(new Date(formatTime(timeMs)).getTime()).toBe(timeMs);
  }
});

test('counts have their noun', () => {
  expect([formatCount(1, 'file'), formatCount(1_234, 'file'), formatCount(2, 'directory', 'directories')]).toEqual(['1 file', '1,234 files', '2 directories']);
});

test('a table has aligned columns and no space at the end of a line', () => {
  expect(formatTable([{ title: 'Name' }, { title: 'Size', align: 'right' }, { title: 'Note' }], [['a', '1', ''], ['longer', '1000', 'x']])).toBe('Name    Size  Note\na          1\nlonger  1000  x');
});

test('what comes from a repository cannot obey the terminal', () => {
  expect(printable('a\u001b]0;x\u0007\nb\u202ec é')).toBe('a\\x1b]0;x\\x07\\x0ab\\xe2\\x80\\xaec é');
});

test('a listing may be as long as it likes', () => {
  const ids = Array.from({ length: 200_000 }, (_, index) => index.toString(16).padStart(32, '0'));
  expect(shortIds(ids).get(ids[1] ?? '')).toBe(ids[1]);
  expect(formatTable([{ title: 'ID' }], ids.map((id) => [id])).split('\n')).toHaveLength(200_001);
});
