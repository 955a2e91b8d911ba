import { formatBytes, formatCount, formatDuration } from './format-values.ts';

/** How far a verb is. */
export interface Progress {
  /** What is being done, in one word: `backup`, `verify`. */
  readonly phase: string;
  readonly bytesDone: number;
  /** Left out when nobody knows: then there is no bar and no time left. */
  readonly bytesTotal?: number;
  readonly filesDone?: number;
}

const barWidth = 20;

/** One line of progress, at most `columns` wide, without control characters. Pure. */
export function renderProgress({ phase, bytesDone, bytesTotal, filesDone }: Progress, elapsedMs: number, columns = 80): string {
  const bytesPerMs = elapsedMs > 0 ? bytesDone / elapsedMs : 0;
  const rate = `${formatBytes(Math.round(bytesPerMs * 1_000))}/s`;
  const files = filesDone === undefined || filesDone === 0 ? [] : [formatCount(filesDone, 'file')];
  const share = bytesTotal === undefined || bytesTotal === 0 ? undefined : Math.min(1, bytesDone / bytesTotal);
  const parts = share === undefined || bytesTotal === undefined
    ? [phase, ...files, ...(bytesDone > 0 ? [formatBytes(bytesDone), rate] : []), formatDuration(elapsedMs)]
    : [phase, bar(share), `${Math.floor(share * 100)} %`, `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`, rate,
      ...(bytesPerMs > 0 ? [`${formatDuration(Math.max(0, bytesTotal - bytesDone) / bytesPerMs)} left`] : [])];
  // What matters least stands last.
  while (parts.length > 1 && parts.join('  ').length > columns) parts.pop();
  return parts.join('  ').slice(0, columns);
}

function bar(share: number): string {
  const full = Math.floor(share * barWidth);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}
