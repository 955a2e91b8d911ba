/**
 * Run by `s3-repository.test.ts` in a process of its own: takes a snapshot, forgets the one before and prunes twice, and kills itself
 * with SIGKILL when the n-th write has been answered, before the next step (0: never). Prints the write it is at, and what is done.
 */
import { writeSync } from 'node:fs';
import { openRepository, takeSnapshot, type Storage } from '../../src/index.ts';
import { createS3Storage } from '../../src/storage/s3/index.ts';
import { hurriedClock } from './hurried-clock.ts';

const [endpoint = '', bucket = '', accessKeyId = '', secretAccessKey = '', prefix = '', tree = '', forget = '', killAt = '0'] = process.argv.slice(2);
const inner = createS3Storage({ endpoint, bucket, prefix, credentials: { accessKeyId, secretAccessKey } });
let writes = 0;

async function step(write: Promise<void>): Promise<void> {
  await write;
  writes += 1;
  if (writes === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

const storage: Storage = {
  ...inner,
  put: (kind, name, parts, options) => step(inner.put(kind, name, parts, options)),
  delete: (kind, name, options) => step(inner.delete(kind, name, options)),
};

const repository = await openRepository({ storage, clock: hurriedClock });
const { record } = await takeSnapshot(repository, { kind: 'directory', path: tree }, { parent: forget });
writeSync(1, `committed ${record.id}\n`);
writeSync(1, `forgetting ${forget}\n`);
await repository.withLease('shared', () => repository.forgetSnapshot(forget));
for (let round = 0; round < 2; round++) await repository.prune({ graceMs: 0, exclusive: true });
writeSync(1, `writes ${writes}\n`);
