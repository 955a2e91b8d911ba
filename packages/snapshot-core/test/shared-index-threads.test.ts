import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { SharedIndex } from '../src/chunk-index/shared-index.ts';
import { nthId, type IndexAnnouncement, type IndexReaderReport } from './support/index-reader.ts';

test('a reader in another thread never gets a wrong answer, and finds everything that was announced', { timeout: 60_000 }, async () => {
  const index = new SharedIndex({ hasRemoved: false, isPresent: () => true });
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('support/index-reader.ts', import.meta.url), { workerData: { handle: index.handle(), port: port2 }, transferList: [port2] });
  const reported = once(worker, 'message') as Promise<[IndexReaderReport]>;
  await once(worker, 'online');
  const total = 60_000;
  let announcedGeneration = index.generation;
  for (let n = 0; n < total; n++) {
    index.insert(nthId(n), n >> 8, n & 255);
    if (n % 256 !== 255 && n !== total - 1) continue;
    // As a task's message would: with the tables only when some have grown.
    const hasGrown = index.generation !== announcedGeneration;
    announcedGeneration = index.generation;
    port1.postMessage({ count: n + 1, isLast: n === total - 1, ...(hasGrown && { handle: index.handle() }) } satisfies IndexAnnouncement);
    if (n % 4_096 === 4_095) await new Promise((resolve) => setImmediate(resolve));
  }
  const [report] = await reported;
  await worker.terminate();
  expect(report).toMatchObject({ wrong: 0, missing: 0 });
  expect(report.lookUps).toBeGreaterThan(total);
});
