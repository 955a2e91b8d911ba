import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutputCollector } from './output-collector.ts';

const inPieces = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
};

test('text is the same however its bytes are cut into pieces', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(fc.nat(), { maxLength: 6 }), (text, cuts) => {
    const collector = createOutputCollector(10_000);
    const streamed = inPieces(Buffer.from(text), cuts).map((piece) => collector.add(piece)).join('') + collector.end();
    expect(streamed).toBe(Buffer.from(text).toString('utf8'));
    expect(collector.output).toEqual({ text: streamed, bytes: Buffer.byteLength(text), truncated: false, encoding: 'utf-8' });
  }));
});

test('what is over the limit is cut between characters, counted and flagged', () => {
  const collector = createOutputCollector(4);
  expect(collector.add(Buffer.from('abcé')) + collector.add(Buffer.from('more')) + collector.end()).toBe('abc');
  expect(collector.output).toEqual({ text: 'abc', bytes: 9, truncated: true, encoding: 'utf-8' });
});

test('output of exactly the limit is whole', () => {
  const collector = createOutputCollector(3);
  collector.add(Buffer.from('abc'));
  collector.end();
  expect(collector.output).toMatchObject({ text: 'abc', truncated: false });
});

test('bytes that are not UTF-8 are replaced, not dropped', () => {
  const collector = createOutputCollector(100);
  collector.add(Buffer.from([0x61, 0xff, 0x62]));
  collector.end();
  expect(collector.output.text).toBe('a\uFFFDb');
});
