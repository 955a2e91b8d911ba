import { tmpdir } from 'node:os';
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scales } from './scale.ts';

/** What was asked for. */
export interface BenchOptions {
  readonly scale: keyof typeof scales;
  readonly rounds: number;
  readonly seed: number;
  /** Parent of the bench's own folder. */
  readonly work: string;
  /** A folder on a disk, for rows of its own. */
  readonly disk: string | undefined;
  /** Programs; undefined means all that are installed. */
  readonly peers: readonly string[] | undefined;
  /** Variants of ours; undefined means all. */
  readonly ours: readonly string[] | undefined;
  /** Works; undefined means all. */
  readonly only: readonly string[] | undefined;
  readonly writeDocs: boolean;
  /** Run our program from source instead of the build. */
  readonly fromSource: boolean;
}

/** Help text of `pnpm bench:delta`. */
export const benchHelp = `pnpm bench:delta [options]

  --quick            small data, one round: within two minutes
  --scale NAME       full (4 GiB, 100,000 files, three rounds), quick (256 MiB, 5,000 files, one round), tiny
  --rounds N         how often everything is measured; medians are shown
  --only a,b         of image, tree, delta, memory, kernel, index
  --peers a,b        of restic, borg, casync, xdelta3, or none (default: all that are installed)
  --ours a,b         of BLAKE3, SHA-256, encrypted, zstd (default: all)
  --work FOLDER      where to work (default: /dev/shm, memory; else the system's folder for temporary files)
  --disk FOLDER      measure the image there too, in rows of its own
  --seed N           other data (default: 1)
  --write-docs       write table and plot into docs/
  --from-source      our program from source, not from the build: slower to start
`;

/**
 * Reads the command line. `--scale` wins over `--quick`.
 *
 * @throws {Error} for what it does not know
 */
export function parseBenchOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: {
      quick: { type: 'boolean' }, scale: { type: 'string' }, rounds: { type: 'string' }, only: { type: 'string' }, peers: { type: 'string' }, ours: { type: 'string' },
      work: { type: 'string' }, disk: { type: 'string' }, seed: { type: 'string' }, 'write-docs': { type: 'boolean' }, 'from-source': { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const scale = values.scale ?? (values.quick === true ? 'quick' : 'full');
  if (!isScale(scale)) throw new Error(`there is no scale ${scale}; choose one of ${Object.keys(scales).join(', ')}`);
  return {
    scale,
    rounds: values.rounds === undefined ? scales[scale].rounds : parseCount('--rounds', values.rounds),
    seed: values.seed === undefined ? 1 : parseCount('--seed', values.seed),
    work: values.work ?? (isFolder('/dev/shm') ? '/dev/shm' : tmpdir()),
    disk: values.disk,
    peers: values.peers?.split(','),
    ours: values.ours?.split(','),
    only: values.only?.split(','),
    writeDocs: values['write-docs'] ?? false,
    fromSource: values['from-source'] ?? false,
  };
}

function isScale(name: string): name is keyof typeof scales {
  return Object.hasOwn(scales, name);
}

function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${option} takes a whole number from 1 on, not ${text}`);
  return count;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
