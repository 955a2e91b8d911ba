import type { FileKind } from './storage.ts';

/** The folder of each kind, the same in every storage that has folders: a repository can be copied from one to the other. */
export const kindFolders: Readonly<Record<FileKind, string>> = {
  config: 'config',
  key: 'keys',
  pack: 'packs',
  index: 'index',
  snapshot: 'snapshots',
  intent: 'intents',
  epoch: 'epochs',
  lease: 'leases',
};

/** Holds what is not finished, or not a file of the repository. */
export const temporaryFolder = 'tmp';
