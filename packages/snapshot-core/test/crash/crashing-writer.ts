// A child process of crash.test.ts: takes snapshots and prunes, and kills itself at the given write.
import { writeSync } from 'node:fs';
import { openRepository } from '../../src/repository/open-repository.ts';
import { createFolderStorage } from '../../src/storage/folder-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { sampleChunks, takeSampleSnapshot } from '../sample-snapshot.ts';

const [path = '', firstSeed = '0', killAt = '0'] = process.argv.slice(2);
const inner = createFolderStorage({ path });
let writes = 0;

/** Dies on the step itself, or says where it is so that the parent can kill it anywhere in the write. */
async function step<T>(write: () => Promise<T>): Promise<T> {
  writeSync(1, `write ${writes}\n`);
  if (writes === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  writes++;
  return write();
}

const storage: Storage = {
  ...inner,
  put: (kind, name, parts, options) => step(() => inner.put(kind, name, parts, options)),
  delete: (kind, name, options) => step(() => inner.delete(kind, name, options)),
};

const repository = await openRepository({ storage });
for (let seed = Number(firstSeed); seed < Number(firstSeed) + 3; seed++) {
  // Each snapshot shares half of its chunks with the one before.
  const { id } = await takeSampleSnapshot(repository, [...sampleChunks(seed, 20, 5_000), ...sampleChunks(seed + 1, 20, 5_000)]);
  writeSync(1, `committed ${id} ${seed}\n`);
  if (seed === Number(firstSeed) + 1) {
    writeSync(1, `forgetting ${id}\n`);
    await repository.withLease('shared', () => repository.forgetSnapshot(id));
    await repository.prune({ graceMs: 0 });
    await repository.prune({ graceMs: 0 });
  }
}
writeSync(1, 'finished\n');
