import { describe, expect, it } from 'vitest';
import type { Limits } from '../limits/measure-limits.ts';
import type { Sample } from '../run/sample.ts';
import type { Bar } from './bar.ts';
import { rowsFromSamples } from './rows-from-samples.ts';

const bar: Bar = { title: 'first', work: 'image', step: 'first', measure: 'seconds', ours: 'ours', against: 'peer', beside: ['other', 'missing'], atLeast: 4, limit: ['read', 'write'] };
const sample = (contender: string, round: number, measures: Sample['measures'], step = 'first'): Sample => ({ work: 'image', step, contender, round, measures });
const limits: Limits = { read: 1000, write: 500, scan: 1, blake3: 1, sha256: 1, encrypt: 1, zstd: 1, unzstd: 1 };

const samples = [
  sample('ours', 1, { seconds: 2, cpuSeconds: 3, peakBytes: 70 }), sample('ours', 2, { seconds: 9, cpuSeconds: 3, peakBytes: 90 }), sample('ours', 3, { seconds: 1, cpuSeconds: 3, peakBytes: 80 }),
  sample('peer', 1, { seconds: 10, cpuSeconds: 30 }), sample('peer', 2, { seconds: 11, cpuSeconds: 30 }), sample('peer', 3, { seconds: 30, cpuSeconds: 30 }),
  sample('other', 1, { seconds: 7 }), sample('ours', 1, { seconds: 1000 }, 'second'),
];

describe('rows of the report', () => {
  it('compare medians of the same step, by the clock and by CPU, beside what the machine needs', () => {
    expect(rowsFromSamples({ samples, limits: [limits], imageBytes: 3000 }, [bar])).toEqual([{
      work: 'first', unit: 'seconds', ours: 2, peers: { peer: 11, other: 7 }, against: 'peer', ratio: 5.5, cpuRatio: 10, bar: 4, barIs: 'at least', met: true,
      limit: 3000 / 1000 + 3000 / 500, peakBytes: { ours: 80 }, rounds: 3,
    }]);
  });

  it.each([[5.5, true], [5.51, false]])('meet a bar of at least %d: %s', (atLeast, met) => {
    expect(rowsFromSamples({ samples, limits: [limits], imageBytes: 3000 }, [{ ...bar, atLeast }])[0]?.met).toBe(met);
  });

  it.each([[300, 1.5, true], [300, 1.49, false]])('of sizes say how many times theirs ours is: %d, at most %d: %s', (bytes, atMost, met) => {
    const sizes = [sample('ours', 1, { storedBytes: bytes }), sample('peer', 1, { storedBytes: 200 })];
    const { atLeast: _none, ...asked } = { ...bar, measure: 'storedBytes', atMost } as const;
    expect(rowsFromSamples({ samples: sizes, limits: [], imageBytes: 1 }, [asked])[0]).toMatchObject({ ratio: 1.5, cpuRatio: null, met, limit: null });
  });

  it('hold a number against the bar itself when nothing stands beside it', () => {
    const { against: _nobody, ...alone } = bar;
    expect(rowsFromSamples({ samples, limits: [], imageBytes: 1 }, [{ ...alone, atLeast: 2 }])[0]).toMatchObject({ ratio: null, met: true });
    expect(rowsFromSamples({ samples, limits: [], imageBytes: 1 }, [{ ...alone, atLeast: 2.1 }])[0]).toMatchObject({ ratio: null, met: false });
  });

  it('say nothing about a bar whose peer is not installed, and leave out what was not measured', () => {
    expect(rowsFromSamples({ samples, limits: [limits], imageBytes: 1 }, [{ ...bar, against: 'missing' }])[0]).toMatchObject({ ours: 2, ratio: null, met: null });
    expect(rowsFromSamples({ samples, limits: [limits], imageBytes: 1 }, [{ ...bar, step: 'restore' }])).toEqual([]);
  });

  it('take the plain reading of the same step as the limit when nothing else is named', () => {
    const { limit: _none, ...plain } = bar;
    expect(rowsFromSamples({ samples: [...samples, sample('plain read', 1, { seconds: 0.5 })], limits: [], imageBytes: 1 }, [plain])[0]?.limit).toBe(0.5);
    expect(rowsFromSamples({ samples, limits: [], imageBytes: 1 }, [plain])[0]?.limit).toBeNull();
  });
});
