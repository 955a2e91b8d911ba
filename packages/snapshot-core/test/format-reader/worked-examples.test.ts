import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/design/repository-format.md'), 'utf8');
const golden = join(import.meta.dirname, '../golden/repository');

/** The hexadecimal drawings of the page: bytes, and the offsets at which the lines say they stand. */
const drawings = [...page.matchAll(/```hex\n(.*?)```/gs)].map(([, lines = '']) =>
  lines.trimEnd().split('\n').map((line) => {
    const [, offset = '', bytes = ''] = /^ *(\d+) {2}((?:[\da-f]{2} )*[\da-f]{2})(?: {2,}\S.*)?$/.exec(line) ?? [];
    return { line, offset: Number(offset), bytes: Buffer.from(bytes.replaceAll(' ', ''), 'hex') };
  }),
);
const wholeOf = (lines: (typeof drawings)[number]): Buffer => Buffer.concat(lines.map(({ bytes }) => bytes));

test('the page draws two files, and each line stands where it says', () => {
  expect(drawings).toHaveLength(2);
  for (const lines of drawings) {
    let end = 0;
    for (const { line, offset, bytes } of lines) {
      expect(offset, line).toBe(end);
      expect(bytes.length, line).toBeGreaterThan(0);
      end += bytes.length;
    }
  }
});

test('the drawn record is the golden one, and its seal is what the page says', () => {
  const [lines = []] = drawings;
  const drawn = wholeOf(lines);
  expect(drawn.toString('hex')).toBe(readFileSync(join(golden, 'intents/golden-record')).toString('hex'));
  expect(createHash('sha256').update(drawn.subarray(0, 40)).digest().equals(drawn.subarray(40))).toBe(true);
});

test('the drawn pack is the smallest golden one; name, seal and id are what the page says', () => {
  const [, lines = []] = drawings;
  const drawn = wholeOf(lines);
  const packs = readdirSync(join(golden, 'packs')).map((name) => ({ name, bytes: readFileSync(join(golden, 'packs', name)) }));
  const [smallest] = packs.toSorted((left, right) => left.bytes.length - right.bytes.length);
  expect(drawn.toString('hex')).toBe(smallest?.bytes.toString('hex'));
  expect(drawn.toString('hex', 130, 162)).toBe(smallest?.name);
  expect(createHash('sha256').update(drawn.subarray(0, 32)).update(drawn.subarray(46, 130)).digest('hex')).toBe(smallest?.name);
  expect(createHash('sha256').update('soon forgotten').digest('hex')).toBe(drawn.toString('hex', 90, 122));
});
