/** Run in a process of its own: restores a tree with worker threads, and dies at the n-th change in the file system that any of its threads makes (0: never; says how many there were). */
import { callsSoFar, startCounting } from './count-calls.ts';

const [repositoryPath = '', id = '', target = '', stopAt = '0'] = process.argv.slice(2);
const { openRepository, restoreSnapshot } = await import('../../src/index.ts');

const repository = await openRepository({ path: repositoryPath });
startCounting(Number(stopAt));
await restoreSnapshot(repository, id, target, { workers: 2, overwrite: true });
process.stdout.write(`${callsSoFar()}\n`);
