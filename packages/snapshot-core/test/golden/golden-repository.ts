import { chunkProfiles } from '../../src/chunking/chunk-profiles.ts';
import { chunkStream } from '../../src/chunking/chunk-stream.ts';
import { deriveSieveParameters } from '../../src/chunking/sieve-parameters.ts';
import { createRepository, openRepository } from '../../src/repository/open-repository.ts';
import type { CreateRepositoryOptions } from '../../src/repository/repository-options.ts';
import { collect } from '../collect.ts';
import { createHolder, createSeededBytes, createSteppingClock } from '../lent-machine.ts';
import { takeSampleSnapshot } from '../sample-snapshot.ts';

/** 40 KB of text, cut by the repository's own chunker. */
export const goldenText = Buffer.from(Array.from({ length: 1_500 }, (_, line) => `${line}: the quick brown fox jumps\n`).join(''));

/** Opens the encrypted ones. */
export const goldenKey = new Uint8Array(32).fill(0x5a);
/** Opens them too. */
export const goldenPassphrase = 'golden';

/** What is committed, by folder. Bytes of zstd depend on the release of the library: those are read, and not compared. */
export const goldenVariants = {
  repository: { options: { compression: 'none', hash: 'sha-256' }, isComparable: true },
  zstd: { options: { compression: 'zstd', hash: 'sha-256' }, isComparable: false },
  encrypted: { options: { encryption: { key: goldenKey }, compression: 'none', hash: 'sha-256' }, isComparable: true },
  'encrypted-zstd': { options: { encryption: { key: goldenKey }, compression: 'zstd', hash: 'blake3' }, isComparable: false },
} as const satisfies Record<string, { options: Pick<CreateRepositoryOptions, 'compression' | 'encryption' | 'hash'>; isComparable: boolean }>;

/**
 * Makes a golden repository from fixed time and fixed random bytes: two snapshots, one forgotten and condemned, one record. An encrypted
 * one then gets a second data key, a passphrase, and a third snapshot.
 */
export async function makeGoldenRepository(path: string, variant: keyof typeof goldenVariants): Promise<void> {
  const machine = { path, clock: createSteppingClock(), randomBytes: createSeededBytes('golden'), holder: createHolder('golden', 1) };
  const { options } = goldenVariants[variant];
  const repository = await createRepository({ ...machine, profile: 'small', ...options });
  const parameters = deriveSieveParameters(repository.chunkingKey, chunkProfiles.small);
  const chunks = (await collect(chunkStream([goldenText], parameters))).map(({ bytes }) => new Uint8Array(bytes));
  await takeSampleSnapshot(repository, chunks);
  const gone = await takeSampleSnapshot(repository, [Buffer.from('soon forgotten')]);
  await repository.withLease('shared', async () => {
    await repository.putRecord('golden-record', Buffer.from('a record'));
    await repository.forgetSnapshot(gone.id);
  });
  await repository.prune();
  if (!('encryption' in options)) return;
  await repository.rotateDataKey();
  await repository.addKey({ passphrase: goldenPassphrase }, { label: 'by heart' });
  await takeSampleSnapshot(await openRepository({ ...machine, key: goldenKey }), [goldenText]);
}
