import type { Measure } from '../run/sample.ts';

/** A number for people, with its unit: three digits that count. */
export function formatNumber(value: number, unit: Measure): string {
  switch (unit) {
    case 'seconds':
    case 'cpuSeconds':
      return `${threeDigits(value)} s`;
    case 'gigabytesPerSecond':
      return `${threeDigits(value)} GB/s`;
    case 'bytesPerChunk':
      return `${threeDigits(value)} B`;
    case 'peakBytes':
    case 'storedBytes':
    case 'addedBytes':
    case 'writtenBytes':
      return `${threeDigits(value / 2 ** 20)} MiB`;
  }
}

/** 0.123, 1.23, 12.3, 123, 1,234. */
export function threeDigits(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
