import { runCommand } from '../run/run-command.ts';
import { createBorg } from './borg.ts';
import { createCasync } from './casync.ts';
import type { Contender } from './contender.ts';
import { createOurs, ourCommand } from './ours.ts';
import type { OurVariant } from './ours.ts';
import { createRestic } from './restic.ts';

/** Who takes part, and what of it is on this machine. */
export interface Field {
  /** Where our program is. */
  readonly ourProgram: string;
  readonly contenders: readonly Contender[];
  /** Versions by program, for the report. */
  readonly versions: Readonly<Record<string, string>>;
  readonly hasXdelta: boolean;
}

const ourVariants: readonly OurVariant[] = [
  { name: 'ours BLAKE3', works: ['image', 'tree'], initFlags: ['--hash', 'blake3', '--compression', 'none'] },
  { name: 'ours SHA-256', works: ['image'], initFlags: ['--hash', 'sha256', '--compression', 'none'] },
  { name: 'ours encrypted', works: ['image'], initFlags: ['--hash', 'blake3', '--compression', 'none', '--encrypt'] },
  { name: 'ours zstd', works: ['image', 'tree'], initFlags: ['--hash', 'blake3', '--compression', 'zstd'] },
];

/** Which programs, and which variants of ours, are wanted; undefined means all. */
interface Wanted {
  readonly peers: readonly string[] | undefined;
  readonly ours: readonly string[] | undefined;
}

/** Looks which peers are installed. */
export async function findContenders(ourProgram: string, wanted: Wanted): Promise<Field> {
  const versions: Record<string, string> = { ours: `${await say(ourCommand(ourProgram, '--version'))}, Node ${process.versions.node}` };
  const ask = async (program: string, ...args: readonly string[]): Promise<boolean> => {
    if (wanted.peers?.includes(program) === false) return false;
    const answer = await say({ program, args }).catch(() => undefined);
    if (answer !== undefined) versions[program] = /\d[\d.]*/.exec(answer)?.[0] ?? answer;
    return answer !== undefined;
  };
  const [hasRestic, hasBorg, hasCasync, hasXdelta] = [await ask('restic', 'version'), await ask('borg', '--version'), await ask('casync', '--version'), await ask('xdelta3', '-V')];
  const resticHelp = hasRestic ? await say({ program: 'sh', args: ['-c', 'restic backup --help; restic restore --help'] }) : '';
  return {
    ourProgram,
    contenders: [
      ...ourVariants.filter(({ name }) => wanted.ours?.includes(name.replace(/^ours /, '')) ?? true).map((variant) => createOurs(variant, ourProgram)),
      ...(hasRestic ? [createRestic('off', resticHelp), createRestic('auto', resticHelp)] : []),
      ...(hasBorg ? [createBorg('none'), createBorg('lz4')] : []),
      ...(hasCasync ? [createCasync()] : []),
    ],
    versions,
    hasXdelta,
  };
}

async function say(command: Parameters<typeof runCommand>[0]): Promise<string> {
  const { output, errors } = await runCommand(command);
  return (output || errors).trim();
}
