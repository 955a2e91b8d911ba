import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository, openRepository, restoreSnapshot, takeSnapshot } from '../../src/index.ts';
import { createS3Storage } from '../../src/storage/s3/index.ts';
import { describeTree } from '../support/describe-tree.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { scratchDirectory, subdirectory } from '../support/scratch.ts';
import { hurriedClock as clock } from './hurried-clock.ts';
import type { S3Server } from './s3-server.ts';
import { runFauxqs } from './start-fauxqs.ts';
import { runS3Gate } from './start-s3-gate.ts';
import { runSwift, whyNoSwift, type SwiftServer } from './start-swift.ts';

const writer = fileURLToPath(new URL('killed-writer.ts', import.meta.url));
const swiftIsMissing = whyNoSwift();
if (swiftIsMissing !== undefined) console.info(`skipped: repositories on Swift, because ${swiftIsMissing}`);

function makeTree(path: string): string {
  mkdirSync(join(path, 'folder', 'deeper'), { recursive: true });
  for (let index = 0; index < 12; index++) writeFileSync(join(path, 'folder', `small-${index}`), randomBytes(index * 977));
  writeFileSync(join(path, 'folder', 'deeper', 'large'), randomBytes(600_000));
  symlinkSync('../small-1', join(path, 'folder', 'deeper', 'link'));
  return path;
}

function changeTree(path: string): void {
  appendFileSync(join(path, 'folder', 'deeper', 'large'), randomBytes(100_000));
  rmSync(join(path, 'folder', 'small-3'));
  writeFileSync(join(path, 'folder', 'small-5'), randomBytes(5_000));
}

async function runWriter(server: S3Server, prefix: string, tree: string, forget: string, killAt: number, compiled: string) {
  const { endpoint, bucket, credentials } = server;
  const values = [endpoint, bucket, credentials.accessKeyId, credentials.secretAccessKey, prefix, tree, forget, String(killAt)];
  const child = spawn(process.execPath, ['--conditions=@winre-kit/source', '--no-warnings', writer, ...values], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_COMPILE_CACHE: compiled } });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const [signal, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const find = (word: string) => new RegExp(`^${word} (\\S+)$`, 'm').exec(output)?.[1];
  return { signal, errors, committed: find('committed'), forgetting: find('forgetting'), writes: Number(find('writes') ?? 0) };
}

/** Name, start, how often the writer is killed, whether there is none here. */
const servers: readonly [string, () => Promise<S3Server>, number, boolean][] = [
  ['S3 with conditional writes', async () => runS3Gate(await runFauxqs(), 'atomic'), usualOrLong(4, 40), false],
  ['S3 of OpenStack Swift', runSwift, usualOrLong(2, 40), swiftIsMissing !== undefined],
];

describe.each(servers)('a repository on %s', (_, start, kills, isSkipped) => {
  describe.skipIf(isSkipped)('on a server of its own', () => {
    let server: S3Server | undefined;
    beforeAll(async () => {
      server = await start();
    }, 30_000);
    afterAll(() => server?.stop());

    function storageAt(prefix: string) {
      if (server === undefined) throw new Error('the server is not running');
      const { endpoint, bucket, credentials } = server;
      return createS3Storage({ endpoint, bucket, credentials, prefix });
    }

    test('takes, lists, restores, checks, forgets and prunes', { timeout: 60_000 }, async () => {
      const storage = storageAt('whole');
      const tree = makeTree(subdirectory(scratchDirectory(), 'tree'));
      const first = await takeSnapshot(await createRepository({ storage, clock, profile: 'small' }), { kind: 'directory', path: tree });
      const before = await describeTree(tree);
      changeTree(tree);
      const repository = await openRepository({ storage: storageAt('whole'), clock });
      const second = await takeSnapshot(repository, { kind: 'directory', path: tree }, { parent: first.record.id });
      expect(second.record.statistics.addedBytes).toBeLessThan(first.record.statistics.addedBytes / 2);

      for (const [id, expected] of [[first.record.id, before], [second.record.id, await describeTree(tree)]] as const) {
        const target = join(scratchDirectory(), 'restored');
        expect(await restoreSnapshot(repository, id, target)).toMatchObject({ complete: true });
        expect(await describeTree(target)).toEqual(expected);
      }
      await repository.withLease('shared', () => repository.forgetSnapshot(first.record.id));
      await repository.prune({ graceMs: 0, exclusive: true });
      const pruned = await repository.prune({ graceMs: 0, exclusive: true });
      expect(pruned.deletedBytes).toBeGreaterThan(0);
      expect(await repository.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
      const target = join(scratchDirectory(), 'restored');
      await restoreSnapshot(await openRepository({ storage: storageAt('whole'), clock }), second.record.id, target);
      expect(await describeTree(target)).toEqual(await describeTree(tree));
    });

    test('killed after any of its writes, every finished snapshot restores and the next run goes on', { timeout: usualOrLong(240_000, 1_200_000) }, async () => {
      if (server === undefined) throw new Error('the server is not running');
      const scratch = scratchDirectory();
      const compiled = join(scratch, 'compiled');
      const tree = makeTree(subdirectory(scratch, 'tree'));
      const original = await describeTree(tree);
      const prepare = async (prefix: string) => (await takeSnapshot(await createRepository({ storage: storageAt(prefix), clock, profile: 'small' }), { kind: 'directory', path: tree })).record.id;
      const counted = { prefix: 'counted', id: await prepare('counted') };
      const prepared: string[] = [];
      for (let kill = 0; kill < kills; kill++) prepared.push(await prepare(`kill-${kill}`));
      changeTree(tree);
      const changed = await describeTree(tree);

      const whole = await runWriter(server, counted.prefix, tree, counted.id, 0, compiled);
      expect(whole).toMatchObject({ signal: null, errors: '' });
      expect(whole.writes).toBeGreaterThan(12);

      for (const [kill, firstId] of prepared.entries()) {
        const killAt = 1 + Math.floor(((whole.writes - 1) * kill) / prepared.length);
        const prefix = `kill-${kill}`;
        const run = await runWriter(server, prefix, tree, firstId, killAt, compiled);
        expect(run, `killed at ${killAt}`).toMatchObject({ signal: 'SIGKILL', errors: '' });
        const repository = await openRepository({ storage: storageAt(prefix), clock });
        const { snapshots, damaged } = await repository.listSnapshots();
        expect(damaged).toEqual([]);
        const ids = snapshots.map(({ id }) => id);
        expect(ids).toEqual(expect.arrayContaining([...(run.forgetting === undefined ? [firstId] : []), ...(run.committed === undefined ? [] : [run.committed])]));
        for (const id of ids) {
          const target = join(scratch, `${prefix}-${id}`);
          expect(await restoreSnapshot(repository, id, target), `killed at ${killAt}`).toMatchObject({ complete: true });
          expect(await describeTree(target), `killed at ${killAt}`).toEqual(id === firstId ? original : changed);
        }
        const next = await takeSnapshot(repository, { kind: 'directory', path: tree });
        for (let round = 0; round < 2; round++) await repository.prune({ graceMs: 0, exclusive: true, waitAtMostMs: 5_000 });
        expect(await repository.check({ readData: true }), `killed at ${killAt}`).toMatchObject({ intact: true, damagedSnapshots: [] });
        const target = join(scratch, `${prefix}-next`);
        await restoreSnapshot(repository, next.record.id, target);
        expect(await describeTree(target), `killed at ${killAt}`).toEqual(changed);
      }
    });
  });
});

describe.skipIf(swiftIsMissing !== undefined)('on a server that checks who asks', () => {
  let server: SwiftServer | undefined;
  beforeAll(async () => {
    server = await runSwift();
  }, 30_000);
  afterAll(() => server?.stop());

  test('somebody who may only read restores and checks, and cannot write; a stranger and a wrong key get nothing', async () => {
    if (server === undefined) throw new Error('the server is not running');
    const { endpoint, bucket, credentials, readerCredentials } = server;
    const tree = makeTree(subdirectory(scratchDirectory(), 'tree'));
    const { record } = await takeSnapshot(await createRepository({ storage: createS3Storage({ endpoint, bucket, credentials }) }), { kind: 'directory', path: tree });

    const reader = await openRepository({ storage: createS3Storage({ endpoint, bucket, credentials: readerCredentials }) });
    const target = join(scratchDirectory(), 'restored');
    expect(await restoreSnapshot(reader, record.id, target)).toMatchObject({ complete: true });
    expect(await describeTree(target)).toEqual(await describeTree(tree));
    expect(await reader.check({ readData: true })).toMatchObject({ intact: true });
    await expect(takeSnapshot(reader, { kind: 'directory', path: tree })).rejects.toMatchObject({ code: 'storage/read-only' });
    await expect(reader.prune({ exclusive: true })).rejects.toMatchObject({ code: 'storage/read-only' });

    for (const wrong of [{ ...credentials, secretAccessKey: 'wrong' }, { accessKeyId: 'nobody:here', secretAccessKey: 'wrong' }])
      await expect(openRepository({ storage: createS3Storage({ endpoint, bucket, credentials: wrong }) })).rejects.toMatchObject({ code: 'storage/failed', message: expect.stringMatching(/SignatureDoesNotMatch|InvalidAccessKeyId|AccessDenied/) });
  });
});
