import type { BenchSource, Contender } from './contender.ts';

/** casync with zstd, its default; the chunk store is the repository, the index file beside the chunks the snapshot. */
export function createCasync(): Contender {
  const index = (repository: string, { kind }: BenchSource): string => `${repository}/latest.${kind === 'image' ? 'caibx' : 'caidx'}`;
  const make: Contender['backup'] = (repository, source) => ({
    program: 'casync', folder: source.folder, args: ['make', '--store', `${repository}/store.castr`, index(repository, source), source.name],
  });
  return {
    name: 'casync zstd',
    isOurs: false,
    works: ['image', 'tree'],
    initialize: (repository) => ({ program: 'mkdir', args: [repository] }),
    backup: make,
    // It has no memory of metadata: it reads everything each time.
    backupReadingAll: make,
    restore: (repository, source, _label, target) => ({
      program: 'casync', args: ['extract', '--store', `${repository}/store.castr`, index(repository, source), `${target}/${source.name}`],
    }),
    restoreInPlace: () => undefined,
  };
}
