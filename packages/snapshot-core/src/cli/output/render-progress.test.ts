import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderProgress } from './render-progress.ts';

test('shows bar, share, sizes, rate and time left when the total is known', () => {
  expect(renderProgress({ phase: 'restore', bytesDone: 2 ** 29, bytesTotal: 2 ** 30 }, 4_000)).toBe('restore  [##########----------]  50 %  512 MiB of 1.0 GiB  128 MiB/s  0:04 left');
});

test('shows what is known when it is not', () => {
  expect(renderProgress({ phase: 'backup', bytesDone: 3 * 2 ** 20, filesDone: 1_234 }, 61_000)).toBe('backup  1,234 files  3.0 MiB  50.4 KiB/s  1:01');
  expect(renderProgress({ phase: 'check', bytesDone: 0 }, 0)).toBe('check  0:00');
});

test('never takes more columns than there are, and never a control character', () => {
  const amount = fc.double({ min: 0, max: 2 ** 52, noNaN: true }).map(Math.floor);
  fc.assert(fc.property(amount, fc.option(amount, { nil: undefined }), fc.option(amount, { nil: undefined }), amount, fc.integer({ min: 10, max: 80 }), (bytesDone, bytesTotal, filesDone, elapsedMs, columns) => {
    const line = renderProgress({ phase: 'safety-snapshot', bytesDone, ...(bytesTotal !== undefined && { bytesTotal }), ...(filesDone !== undefined && { filesDone }) }, elapsedMs, columns);
    expect(line.length).toBeLessThanOrEqual(columns);
    expect(line).toMatch(/^[\x20-\x7e]+$/);
  }));
});
