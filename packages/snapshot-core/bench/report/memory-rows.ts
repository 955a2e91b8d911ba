import type { Sample } from '../run/sample.ts';
import type { BenchRow } from './bench-row.ts';

const maxBytes = 256 * 2 ** 20;

/** Peak memory: the most of any of our steps over the image, and of first snapshots by the size of the image. Pure. */
export function memoryRows(samples: readonly Sample[]): BenchRow[] {
  const peakOf = (picked: readonly Sample[]): number => Math.max(0, ...picked.map(({ measures }) => measures.peakBytes ?? 0));
  const image = samples.filter(({ work }) => work === 'image');
  const ours = image.filter(({ contender }) => contender.startsWith('ours'));
  const peers = [...new Set(image.map(({ contender }) => contender))].filter((name) => name.startsWith('restic') || name.startsWith('borg') || name.startsWith('casync'));
  const bySize = [...new Set(samples.flatMap(({ work, step }) => (work === 'memory' ? [step] : [])))];
  const rows = [
    { work: 'peak memory, the image, the most of all steps', picked: ours, peers: Object.fromEntries(peers.map((name) => [name, peakOf(image.filter(({ contender }) => contender === name))])) },
    ...bySize.map((step) => ({ work: `peak memory, first snapshot of ${step}`, picked: samples.filter((sample) => sample.work === 'memory' && sample.step === step), peers: {} })),
  ];
  return rows.flatMap(({ work, picked, peers }) => {
    const peak = peakOf(picked);
    // Nothing to say where the system does not tell.
    if (peak === 0) return [];
    return [{ work, unit: 'peakBytes' as const, ours: peak, peers, against: null, ratio: null, cpuRatio: null, bar: maxBytes, barIs: 'at most' as const, met: peak <= maxBytes, limit: null, peakBytes: {}, rounds: picked.length }];
  });
}
