import { fileURLToPath } from 'node:url';
import type { Command } from '../run/run-command.ts';
import type { Contender } from './contender.ts';

/** How one of our repositories is set up. */
export interface OurVariant {
  /** Shown in tables, such as `ours BLAKE3`. */
  readonly name: string;
  readonly works: Contender['works'];
  /** What `init` is told. */
  readonly initFlags: readonly string[];
}

/** What a user starts: the start of Node counts against us. */
export const builtProgram = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** The same from source, slower to start, for tests that nobody built anything for. */
export const sourceProgram = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** A call of our program. @param path `builtProgram` or `sourceProgram` */
export function ourCommand(path: string, ...args: readonly string[]): Command {
  return { program: process.execPath, args: [path, '--json', ...args] };
}

/** Our own program in one variant. */
export function createOurs({ name, works, initFlags }: OurVariant, path: string): Contender {
  // Given to a repository that is not encrypted, a password is refused.
  const environment = initFlags.includes('--encrypt') ? { WINRE_SNAPSHOT_PASSWORD: 'bench' } : {};
  const ours = (repository: string, ...args: readonly string[]): Command => ({ ...ourCommand(path, '--repo', repository, ...args), environment });
  const backup = (repository: string, ...args: readonly string[]): Command => ours(repository, 'backup', ...args);
  return {
    name,
    isOurs: true,
    works,
    initialize: (repository) => ours(repository, 'init', ...initFlags),
    backup: (repository, source) => backup(repository, `${source.folder}/${source.name}`, ...(source.kind === 'image' ? ['--image'] : [])),
    // Images are always read whole; a tree is when it is told so.
    backupReadingAll: (repository, source) => backup(repository, `${source.folder}/${source.name}`, source.kind === 'image' ? '--image' : '--verify-all'),
    restore: (repository, source, _label, target) => ours(repository, 'restore', 'latest', '--target', `${target}/${source.name}`),
    // Peers keep nothing to undo it with either.
    restoreInPlace: (repository, source) => ours(repository, 'rollback', 'latest', '--target', `${source.folder}/${source.name}`, '--yes', '--no-safety-snapshot'),
  };
}

/** The last line that the program wrote as JSON, or nothing. */
export function lastMessage(output: string): Readonly<Record<string, unknown>> {
  const line = output.trim().split('\n').at(-1) ?? '';
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' && message !== null ? { ...message } : {};
  } catch {
    return {};
  }
}
