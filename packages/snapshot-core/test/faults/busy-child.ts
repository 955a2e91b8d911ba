/**
 * Run in a process of its own: snapshots, prunes, rolls back and repairs, with worker threads, and dies at the n-th change in the file system that any of its
 * threads makes (0: never; says how many calls there were).
 */
import { callsSoFar, startCounting } from './count-calls.ts';

const [mode = '', repositoryPath = '', volume = '', image = '', imageTarget = '', treeId = '', imageId = '', goneId = '', stopAt = '0'] = process.argv.slice(2);
const { openFileVolume, openRepository, repairRepository, rollback, takeSnapshot } = await import('../../src/index.ts');

const workers = 2;

async function work(): Promise<void> {
  const repository = await openRepository({ path: repositoryPath });
  startCounting(Number(stopAt));
  await takeSnapshot(repository, { kind: 'directory', path: volume }, { parent: treeId });
  const source = await openFileVolume(image, { readOnly: true });
  await takeSnapshot(repository, { kind: 'volume', volume: source }, { parent: imageId, workers });
  await source.close();
  await repository.withLease('shared', () => repository.forgetSnapshot(goneId));
  for (let round = 0; round < 2; round++) await repository.prune({ graceMs: 0 });
  const target = await openFileVolume(imageTarget);
  await rollback(repository, imageId, target, { operationId: 'image', workers });
  await target.close();
  await rollback(repository, treeId, volume, { operationId: 'tree', workers });
}

if (mode === 'work') await work();
else {
  startCounting(Number(stopAt));
  await repairRepository({ path: repositoryPath });
}
process.stdout.write(`${callsSoFar()}\n`);
