import type { Command } from '../run/run-command.ts';
import type { BenchSource, Contender } from './contender.ts';

/** borg without encryption, its fastest way; its caches lie beside the repository, so every repository starts without any. */
export function createBorg(compression: 'none' | 'lz4'): Contender {
  const borg = (repository: string, folder: string, ...args: readonly string[]): Command => ({
    program: 'borg', folder, args,
    environment: {
      BORG_REPO: repository, BORG_BASE_DIR: `${repository}.caches`, BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes', BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    },
  });
  const create = (repository: string, { folder, name }: BenchSource, label: string, ...more: readonly string[]): Command =>
    borg(repository, folder, 'create', '--compression', compression, ...more, `::${label}`, name);
  return {
    name: `borg ${compression}`,
    isOurs: false,
    works: ['image', 'tree'],
    initialize: (repository) => borg(repository, '/', 'init', '--encryption', 'none'),
    backup: (repository, source, label) => create(repository, source, label),
    backupReadingAll: (repository, source, label) => create(repository, source, label, '--files-cache', 'disabled'),
    restore: (repository, _source, label, target) => borg(repository, target, 'extract', `::${label}`),
    restoreInPlace: () => undefined,
  };
}
