import { createMemoryStorage, createRepository, takeSnapshot } from '../../src/index.ts';
import type { Repository } from '../../src/index.ts';
import { describeTree } from './describe-tree.ts';
import { scratchDirectory, subdirectory } from './scratch.ts';

/** A filled volume and a snapshot of it in a repository in memory. */
export async function setUpRollback(fill: (volume: string) => void | Promise<void>): Promise<{ scratch: string; volume: string; repository: Repository; id: string; original: string[] }> {
  const scratch = scratchDirectory();
  const volume = subdirectory(scratch, 'volume');
  await fill(volume);
  const repository = await createRepository({ storage: createMemoryStorage(), profile: 'small' });
  const { record } = await takeSnapshot(repository, { kind: 'directory', path: volume });
  return { scratch, volume, repository, id: record.id, original: await describeTree(volume) };
}
