import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplayWindow } from './replay-window.ts';

describe('replay window', () => {
  it('takes no sequence twice, takes every new one, and forgets none that it could still take', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 }), (sequences) => {
        const window = createReplayWindow(8);
        const taken = new Set<number>();
        let highest = 0;
        for (const sequence of sequences) {
          const expected = !taken.has(sequence) && sequence > highest - 8;
          expect(window.take(sequence)).toBe(expected);
          if (expected) taken.add(sequence);
          highest = Math.max(highest, expected ? sequence : 0);
        }
      }),
    );
  });
});
