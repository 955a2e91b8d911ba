import type { Wave } from './check-in-wave.ts';
import type { CheckInReport } from './run-check-in.ts';

const titles = ['check-in', 'sessions/s', 'session p50', 'p99', 'messages', 'errors', 'server CPU', 'each', 'server memory, peak', 'clients’ CPU'];

/** The report as text and a table in Markdown. Pure. */
export function formatCheckIn(report: CheckInReport): string {
  const lines = report.waves.map(cellsOf);
  const widths = titles.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const render = (cells: readonly string[]): string => `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [describe(report), '', render(titles), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(render)].join('\n');
}

/** The whole report as one line of JSON; sizes in bytes, four digits. Pure. */
export function jsonLineOf({ waves, ...report }: CheckInReport): string {
  const shown = waves.map((wave) => ({ ...wave, errors: wave.errors.length, sessionIds: undefined }));
  return JSON.stringify({ bench: 'mdm-check-in', ...report, waves: shown }, (_key, value: unknown) => (typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value));
}

function describe({ devices, cpus, nodeVersion, durableWriteMs, enrolmentsPerSecond, serverIdleBytes }: CheckInReport): string {
  return `Last run: ${devices.toLocaleString('en-US')} devices, ${cpus} cores that server and clients share, Node ${nodeVersion}. A durable write of 4 KiB takes ${durableWriteMs.toFixed(2)} ms there. `
    + `Before: ${enrolmentsPerSecond.toFixed(0)} enrolments/s, ${mebibytes(serverIdleBytes)} of memory at the most.`;
}

function cellsOf(wave: Wave): readonly string[] {
  const { sessions, seconds, serverCpuSeconds } = wave;
  return [
    wave.name,
    (sessions / seconds).toFixed(0),
    `${(wave.sessionMs.p50 / 1000).toFixed(1)} s`,
    `${(wave.sessionMs.p99 / 1000).toFixed(1)} s`,
    (wave.messages / sessions).toFixed(1),
    String(wave.errors.length),
    serverCpuSeconds === undefined ? 'not measured' : `${serverCpuSeconds.toFixed(1)} s`,
    serverCpuSeconds === undefined ? '' : `${((serverCpuSeconds / sessions) * 1000).toFixed(1)} ms`,
    mebibytes(wave.serverPeakBytes),
    `${wave.clientCpuSeconds.toFixed(1)} s`,
  ];
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? 'not measured' : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
