import { SnapshotError } from '../errors/snapshot-error.ts';
import type { CallOptions } from '../repository/call-options.ts';
import type { Repository } from '../repository/repository.ts';
import { openDirectory } from '../source/directory-handle.ts';
import { idsFromRoot } from '../source/ids-from-root.ts';
import { loadExtendedAttributes } from '../source/load-extended-attributes.ts';
import { createPacer } from '../source/pacer.ts';
import type { RollbackContext } from './rollback-context.ts';
import { SharedData } from './shared-data.ts';

/**
 * Opens a directory to be rolled back. The caller closes `root`.
 *
 * A repository inside the tree is allowed: it and the directories that lead to it are left alone, recognised by file id.
 *
 * @throws {SnapshotError} `target/unusable`, `rollback/repository-on-target` when the target lies in the repository
 */
export async function openTreeTarget(repository: Repository, target: string, mayChange: boolean, options: CallOptions): Promise<RollbackContext> {
  const { attributes } = await loadExtendedAttributes();
  const targetIds = idsOf(target);
  const repositoryIds = repository.localPath === undefined ? [] : idsOf(repository.localPath);
  const repositoryId = repositoryIds.at(-1);
  if (repositoryId !== undefined && targetIds.includes(repositoryId))
    throw new SnapshotError('rollback/repository-on-target', `${target} lies in the repository ${repository.description}; it cannot be rolled back from there`);
  let root: ReturnType<typeof openDirectory>;
  try {
    root = openDirectory(target);
  } catch (cause) {
    throw new SnapshotError('target/unusable', `cannot open the directory ${target}; check the path and its permissions`, { cause });
  }
  return { repository, root, repositoryId, protectedIds: new Set(repositoryIds), shared: new SharedData(), attributes, pacer: createPacer(options.signal), options, mayChange, windowsNames: process.platform === 'win32' };
}

function idsOf(path: string): string[] {
  try {
    return idsFromRoot(path);
  } catch (cause) {
    throw new SnapshotError('target/unusable', `cannot look at ${path}; check the path and its permissions`, { cause });
  }
}
