/**
 * Preloaded into an agent process: stops it at a point that a test chooses, says so on standard error (`HELD <point>`), and goes on when a byte comes in on
 * standard input. Nothing of the process runs meanwhile, so a SIGKILL then strikes exactly there. `HOLD_AT` holds points, divided by `|`, each for once:
 *
 * - `volume-change:7`: before the seventh change that the storage engine makes below `HOLD_VOLUME`
 * - `volume-removal:3`: before the third entry below `HOLD_VOLUME` is removed for a rebuild
 * - `ledger:TEXT`: right after a ledger entry with this text became durable
 * - `file:NAME`: right after a small file of this name was replaced
 * - `log:TEXT`: right after a log line with this text
 */
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';
import { basename, sep } from 'node:path';

const { writeSync, readSync, readlinkSync } = fs;
const volume = process.env['HOLD_VOLUME'] ?? '';
const points = (process.env['HOLD_AT'] ?? '').split('|').filter((point) => point !== '');
const counts = new Map<string, number>();

function hold(point: string): void {
  points.splice(points.indexOf(point), 1);
  writeSync(2, `HELD ${point}\n`);
  readSync(0, Buffer.alloc(1));
}
function count(kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const point = `${kind}:${counts.get(kind)}`;
  if (points.includes(point)) hold(point);
}
function said(kind: string, text: string): void {
  const point = points.find((candidate) => candidate.startsWith(`${kind}:`) && text.includes(candidate.slice(kind.length + 1)));
  if (point !== undefined) hold(point);
}
function isInVolume(target: unknown): boolean {
  if (typeof target === 'number') return isInVolume(readlinkSync(`/proc/self/fd/${target}`));
  const path = String(target).replace(/^\/proc\/self\/fd\/\d+/, (link) => readlinkSync(link));
  return path === volume || path.startsWith(volume + sep);
}

const patched = fs as unknown as Record<string, (...callArguments: unknown[]) => unknown>;
// The argument that names what is changed.
for (const [name, place] of Object.entries({ writeSync: 0, ftruncateSync: 0, unlinkSync: 0, rmdirSync: 0, mkdirSync: 0, renameSync: 1, symlinkSync: 1, linkSync: 1 })) {
  const original = patched[name];
  patched[name] = (...callArguments: unknown[]): unknown => {
    if (isInVolume(callArguments[place])) count('volume-change');
    return original?.(...callArguments);
  };
}
const { rm, rename } = fs.promises;
fs.promises.rm = async (path, options) => {
  if (isInVolume(path)) count('volume-removal');
  await rm(path, options);
};
fs.promises.rename = async (from, to) => {
  await rename(from, to);
  said('file', basename(String(to)));
};
syncBuiltinESMExports();

const probe = await open(devNull, 'r');
interface Appending {
  appendFile: (this: Appending, data: unknown) => Promise<void>;
  datasync: (this: Appending) => Promise<void>;
}
const handle = Object.getPrototypeOf(probe) as Appending;
await probe.close();
const { appendFile, datasync } = handle;
const appended = new WeakMap<Appending, string>();
handle.appendFile = async function (data) {
  await appendFile.call(this, data);
  appended.set(this, String(data));
};
handle.datasync = async function () {
  await datasync.call(this);
  said('ledger', appended.get(this) ?? '');
};

const write = process.stderr.write.bind(process.stderr);
process.stderr.write = (text: string | Uint8Array): boolean => {
  const isWritten = write(text);
  said('log', String(text));
  return isWritten;
};
