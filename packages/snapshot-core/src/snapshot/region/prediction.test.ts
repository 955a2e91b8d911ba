import { describe, expect, test } from 'vitest';
import type { CutMark } from '../../format/object-reference.ts';
import { PackedReferenceWriter } from '../../format/packed-references.ts';
import { Prediction } from './prediction.ts';

const idOf = (name: string) => Buffer.alloc(32, name);

/** Chunks by name, length 10 each; a trailing `!` ends a group, another trailing mark is a cut that is not by content. */
function predictionOf(names: readonly string[], firstOffset = 0): Prediction {
  const writer = new PackedReferenceWriter();
  for (const name of names) {
    const cut: CutMark = name.endsWith('>') ? 'max' : name.endsWith('|') ? 'region' : 'content';
    writer.add({ id: idOf(name.charAt(0)), lengthBytes: 10, cut, ...(name.endsWith('!') && { fingerprint: Buffer.alloc(16, name) }) });
  }
  return new Prediction(writer.finish(), firstOffset);
}

const next = (prediction: Prediction) => (prediction.chunk === undefined ? undefined : Buffer.from(prediction.chunk.id).toString().charAt(0));

describe('a prediction', () => {
  test('expects what the parent had at an offset, and nothing where no chunk starts', () => {
    const prediction = predictionOf(['a', 'b', 'c!'], 1_000);
    prediction.startAt(1_010);
    expect(next(prediction)).toBe('b');
    for (const offset of [0, 999, 1_005, 1_030, 5_000]) {
      prediction.startAt(offset);
      expect([next(prediction), prediction.group]).toEqual([undefined, undefined]);
    }
  });

  test('offers a group only from its first chunk on', () => {
    const prediction = predictionOf(['a', 'b', 'c!', 'd', 'e!']);
    prediction.startAt(0);
    expect(prediction.group).toMatchObject({ first: 0, last: 2, lengthBytes: 30, parentOffset: 0, fingerprint: Uint8Array.from(Buffer.alloc(16, 'c!')) });
    prediction.advance(1);
    expect(prediction.group).toBeUndefined();
    prediction.advance(2);
    expect(prediction.group).toMatchObject({ first: 3, last: 4 });
  });

  test('never predicts a chunk that was not cut by content, and starts the next group behind it', () => {
    const prediction = predictionOf(['a', 'b>', 'c', 'd!', 'e|', 'f!']);
    prediction.startAt(0);
    expect([next(prediction), prediction.group]).toEqual(['a', undefined]);
    prediction.advance(1);
    expect([next(prediction), prediction.group]).toEqual([undefined, undefined]);
    prediction.advance(1);
    expect(prediction.group).toMatchObject({ first: 2, last: 3 });
    prediction.advance(2);
    expect(next(prediction)).toBeUndefined();
    prediction.advance(1);
    expect(prediction.group).toMatchObject({ first: 5, last: 5 });
  });

  test('finds the thread again by an identity, at the place nearest to where it is', () => {
    const prediction = predictionOf(['a', 'b', 'x', 'c', 'd', 'x', 'e']);
    prediction.lose();
    expect(next(prediction)).toBeUndefined();
    prediction.meet(idOf('x'), 17);
    expect(next(prediction)).toBe('c');
    prediction.meet(idOf('x'), 48);
    expect(next(prediction)).toBe('e');
    prediction.meet(idOf('z'), 0);
    expect(next(prediction)).toBeUndefined();
  });

  test('ends with the parent', () => {
    const prediction = predictionOf(['a']);
    prediction.startAt(0);
    prediction.advance(1);
    expect([next(prediction), prediction.group]).toEqual([undefined, undefined]);
  });
});
