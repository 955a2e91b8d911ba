import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExports, type EntryExports } from './exports/read-exports.ts';
import type { Finding } from './finding.ts';
import { readWorkspace } from './read-workspace.ts';
import { reportFindings } from './report-findings.ts';

const pinFolder = 'tools/api-pins';

/** Entries that say what Windows does: each function and table there names the page it follows, or says that it is our own rule. */
const sourcedEntries: readonly string[] = ['sdk ./windows', 'testkit ./mdm-client'];

/** The pin file of an entry and the text it should hold: one exported name a line, sorted. */
export function renderPin(entry: EntryExports): { file: string; text: string } {
  const name = entry.subpath === '.' ? 'index' : entry.subpath.slice('./'.length).replaceAll('/', '-');
  const lines = entry.exports.map(({ name: exported, kind }) => `${exported}: ${kind}\n`);
  return { file: `${pinFolder}/${entry.package}.${name}.txt`, text: lines.join('') };
}

/** Compares the public names of every entry with the committed pins, and looks for sources where they are due. Adding a name is adding public API. */
export function checkExports(root: string): Finding[] {
  const entries = readExports(root, readWorkspace(root));
  const pins = new Map(entries.map(renderPin).map(({ file, text }) => [file, text]));
  const unresolved = entries.flatMap((entry) =>
    entry.exports
      .filter(({ kind }) => kind === 'unresolved')
      .map(({ name }) => ({ file: renderPin(entry).file, line: 0, message: `"${name}" is exported, but names nothing` })),
  );
  const unsourced = entries.filter((entry) => sourcedEntries.includes(`${entry.package} ${entry.subpath}`)).flatMap((entry) =>
    entry.exports
      .filter(({ kind, source }) => kind.startsWith('value') && source === undefined)
      .map(({ name }) => ({ file: renderPin(entry).file, line: 0, message: `"${name}" names no source; give the page it follows with @see and its address, or write "Our own rule:" and why` })),
  );
  const stale = listPins(root)
    .filter((file) => !pins.has(file))
    .map((file) => ({ file, line: 0, message: 'pins an entry that no package has; run `pnpm check exports --update`' }));
  const drifted = [...pins].flatMap(([file, text]) => {
    const pinned = existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
    if (pinned === text) return [];
    const reason = pinned === undefined ? 'is missing' : 'differs from what the entry exports';
    const message = `${reason}; when that is meant, run \`pnpm check exports --update\`\n${diffLines(pinned ?? '', text)}`;
    return [{ file, line: 0, message }];
  });
  return [...unresolved, ...unsourced, ...stale, ...drifted];
}

/** Writes the pins as the sources are now and removes those of entries that are gone. */
export function updatePins(root: string): void {
  const pins = readExports(root, readWorkspace(root)).map(renderPin);
  mkdirSync(join(root, pinFolder), { recursive: true });
  for (const file of listPins(root)) rmSync(join(root, file));
  for (const { file, text } of pins) writeFileSync(join(root, file), text);
}

function listPins(root: string): string[] {
  if (!existsSync(join(root, pinFolder))) return [];
  return readdirSync(join(root, pinFolder)).map((name) => `${pinFolder}/${name}`);
}

function diffLines(before: string, after: string): string {
  const old = new Set(before.split('\n').filter(Boolean));
  const now = new Set(after.split('\n').filter(Boolean));
  const removed = [...old].filter((line) => !now.has(line)).map((line) => `  - ${line}`);
  const added = [...now].filter((line) => !old.has(line)).map((line) => `  + ${line}`);
  return [...removed, ...added].join('\n');
}

if (import.meta.main) {
  if (process.argv.includes('--update')) updatePins(process.cwd());
  process.exitCode = reportFindings('exports', checkExports(process.cwd()));
}
