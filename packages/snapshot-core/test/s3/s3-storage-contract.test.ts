import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createS3Storage } from '../../src/storage/s3/create-s3-storage.ts';
import { collect } from '../collect.ts';
import { describeStorageContract, type StorageTraits } from '../storage-contract.ts';
import type { S3Server } from './s3-server.ts';
import { fauxqsBodyBytes, runFauxqs } from './start-fauxqs.ts';
import { runS3Gate } from './start-s3-gate.ts';
import { runSwift, whyNoSwift } from './start-swift.ts';

const swiftIsMissing = whyNoSwift();
if (swiftIsMissing !== undefined) console.info(`skipped: the storage contract on Swift, because ${swiftIsMissing}`);

const small = { largeFileBytes: fauxqsBodyBytes - 1 };
const servers: readonly [string, () => Promise<S3Server>, StorageTraits, boolean][] = [
  ['S3 with conditional writes', async () => runS3Gate(await runFauxqs(), 'atomic'), { ...small, ownClock: true }, false],
  ['S3 with conditional writes that race', async () => runS3Gate(await runFauxqs(), 'racy'), { ...small, ownClock: true, exclusiveCreate: false }, false],
  ['S3 without conditional writes', runFauxqs, { ...small, ownClock: true, exclusiveCreate: false }, false],
  ['S3 of OpenStack Swift', runSwift, { ownClock: true, exclusiveCreate: false }, swiftIsMissing !== undefined],
];

describe.each(servers)('%s', (name, start, traits, isSkipped) => {
  describe.skipIf(isSkipped)('on a server of its own', () => {
    let server: S3Server | undefined;
    let storages = 0;
    beforeAll(async () => {
      server = await start();
    }, 30_000);
    afterAll(() => server?.stop());

    const makeStorage = async () => {
      if (server === undefined) throw new Error('the server is not running');
      const { endpoint, bucket, credentials } = server;
      return createS3Storage({ endpoint, bucket, credentials, region: 'us-east-1', prefix: `storages/number ${storages++}` });
    };
    describeStorageContract(name, makeStorage, traits);

    test('files are dated by the clock that tells the time', async () => {
      const storage = await makeStorage();
      await storage.put('pack', 'p', []);
      const [listed] = await collect(storage.list('pack'));
      const timeMs = await storage.timeMs();
      for (const file of [listed, await storage.stat('pack', 'p')]) expect(Math.abs((file?.modifiedAtMs ?? 0) - timeMs)).toBeLessThan(30_000);
    });
  });
});
