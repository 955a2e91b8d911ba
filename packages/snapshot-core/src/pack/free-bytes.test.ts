import { expect, test } from 'vitest';
import { freeBytes } from './free-bytes.ts';

test('the memory of large bytes is given back; what small buffers share stays', () => {
  const large = new Uint8Array(1_000_000).subarray(10, 20);
  freeBytes(large);
  expect(large.length).toBe(0);
  const [small, neighbour] = [Buffer.from('small'), Buffer.from('neighbour')];
  freeBytes(small);
  expect([small.toString(), neighbour.toString()]).toEqual(['small', 'neighbour']);
});
