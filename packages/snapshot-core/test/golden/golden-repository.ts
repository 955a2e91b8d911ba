import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { chunkStream } from '../../src/chunking/chunk-stream.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import type { SnapshotRecord } from '../../src/format/snapshot-record.ts';
import { createRepository } from '../../src/repository/open-repository.ts';
import { collect } from '../collect.ts';
import { createHolder, createSeededBytes, createSteppingClock } from '../lent-machine.ts';
import { takeSampleSnapshot } from '../sample-snapshot.ts';

/** 40 KB of text, cut by the repository's own chunker. */
export const goldenText = Buffer.from(Array.from({ length: 1_500 }, (_, line) => `${line}: the quick brown fox jumps\n`).join(''));

/** Makes the golden repository from fixed time and fixed random bytes: two snapshots, one forgotten and condemned, one record. */
export async function makeGoldenRepository(path: string): Promise<SnapshotRecord> {
  const repository = await createRepository({ path, profile: 'small', clock: createSteppingClock(), randomBytes: createSeededBytes('golden'), holder: createHolder('golden', 1) });
  const parameters = deriveSieveParameters(repository.chunkingKey, chunkProfiles.small);
  const chunks = (await collect(chunkStream([goldenText], parameters))).map(({ bytes }) => bytes);
  const kept = await takeSampleSnapshot(repository, chunks);
  const gone = await takeSampleSnapshot(repository, [Buffer.from('soon forgotten')]);
  await repository.withLease('shared', async () => {
    await repository.putRecord('golden-record', Buffer.from('a record'));
    await repository.forgetSnapshot(gone.id);
  });
  await repository.prune();
  return kept;
}
