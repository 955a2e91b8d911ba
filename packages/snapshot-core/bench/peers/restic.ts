import type { Command } from '../run/run-command.ts';
import type { BenchSource, Contender } from './contender.ts';

/**
 * restic, which always encrypts and always names chunks by SHA-256.
 *
 * Without its cache, which is a copy for slow storages and only costs time beside a local folder; without the scan ahead
 * that feeds the progress display, where the version can leave it out.
 *
 * @param help what `restic backup --help` and `restic restore --help` say: versions differ
 */
export function createRestic(compression: 'off' | 'auto', help: string): Contender {
  const restic = (repository: string, folder: string, ...args: readonly string[]): Command => ({
    program: 'restic', folder, environment: { RESTIC_PASSWORD: 'bench', RESTIC_REPOSITORY: repository },
    args: ['--quiet', '--no-cache', `--compression=${compression}`, ...args],
  });
  const scan = help.includes('--no-scan') ? ['--no-scan'] : [];
  // Old versions overwrite without being asked, and do not know the option.
  const overwrite = help.includes('--overwrite') ? ['--overwrite', 'always'] : [];
  const restore = (repository: string, { folder }: BenchSource, target: string, ...more: readonly string[]): Command =>
    restic(repository, folder, 'restore', 'latest', '--target', target, ...more);
  return {
    name: `restic ${compression}`,
    isOurs: false,
    works: ['image', 'tree'],
    initialize: (repository) => restic(repository, '/', 'init', '--repository-version=2'),
    backup: (repository, { folder, name }) => restic(repository, folder, 'backup', ...scan, name),
    backupReadingAll: (repository, { folder, name }) => restic(repository, folder, 'backup', '--force', ...scan, name),
    restore: (repository, source, _label, target) => restore(repository, source, target),
    restoreInPlace: (repository, source) => restore(repository, source, source.folder, ...overwrite),
  };
}
