import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RestorePolicy } from '@winre-kit/sdk';
import { createManualClock, createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import { jsonFile } from '../../platform/json-file.ts';
import type { Platform } from '../../platform/platform.ts';
import { keepRestorePoints, takeRestorePoint, type RetentionServices } from './keep-restore-points.ts';
import { listRestorePoints } from './list-restore-points.ts';
import { openRepositoryAt } from './open-restore-points.ts';
import { retentionMemorySchema } from './retention-memory.ts';

const hour = 3_600_000;
const { signal } = new AbortController();
const policy: RestorePolicy = { enabled: true, cadenceHours: 4, retentionHours: 6, maxDiskBytes: 1e9 };
let services: RetentionServices;
let ownNowMs: number;
let nowMs: number;
let logged: string[];
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'points-'));
  const root = join(folder, 'root');
  await mkdir(root);
  await writeFile(join(root, 'file'), 'content');
  nowMs = Date.UTC(2026, 10, 22, 3);
  ownNowMs = Number.MAX_SAFE_INTEGER;
  logged = [];
  const platform = { hardware: { osBuild: '26200.1' }, volume: { restoreUnsupported: undefined, root: async () => root } } as unknown as Platform;
  services = { platform, clock: createManualClock(), randomBytes: createSeededRandomBytes(folder), restorePointsFolder: join(folder, 'points'), nowMs: () => nowMs, ownNowMs: () => ownNowMs, retentionMemory: jsonFile(join(folder, 'retention.json'), retentionMemorySchema, 'retention'), log: (level, message) => void logged.push(`${level} ${message}`) };
});
const points = async (): ReturnType<typeof listRestorePoints> => listRestorePoints(await openRepositoryAt(services.restorePointsFolder, services), signal);

test('a point is taken when one is due, not before, and old ones go', async () => {
  await keepRestorePoints(services, policy, signal);
  await keepRestorePoints(services, policy, signal);
  expect(await points()).toEqual([expect.objectContaining({ takenAt: '2026-11-22T03:00:00.000Z', state: 'intact', trigger: 'schedule', osBuild: '26200.1', bytes: 7 })]);
  nowMs += 4 * hour;
  await keepRestorePoints(services, policy, signal);
  expect((await points()).map(({ takenAt }) => takenAt)).toEqual(['2026-11-22T07:00:00.000Z', '2026-11-22T03:00:00.000Z']);
  nowMs += 4 * hour;
  await keepRestorePoints(services, policy, signal);
  expect((await points()).map(({ takenAt }) => takenAt)).toEqual(['2026-11-22T11:00:00.000Z', '2026-11-22T07:00:00.000Z']);
});

test('it says when to ask again: soon when one is due soon', async () => {
  await keepRestorePoints(services, policy, signal);
  nowMs += 4 * hour - 60_000;
  expect(await keepRestorePoints(services, policy, signal)).toBe(60_000);
});

test('a policy that is switched off takes none, a volume that cannot be read is logged and asked again', async () => {
  await keepRestorePoints(services, { ...policy, enabled: false }, signal);
  await expect(points()).rejects.toMatchObject({ code: 'repository/not-found' });
  const platform = { ...services.platform, volume: { restoreUnsupported: undefined, root: () => Promise.reject(new RangeError('locked')) } } as unknown as Platform;
  expect(await keepRestorePoints({ ...services, platform }, policy, signal)).toBeGreaterThan(0);
  expect(logged).toContain('warn no restore point could be taken');
});

test('one on request is marked so, and where restore is not possible it is refused with the reason', async () => {
  await takeRestorePoint(services, 'request', signal);
  expect(await points()).toMatchObject([{ trigger: 'request' }]);
  const platform = { ...services.platform, volume: { restoreUnsupported: 'not on this machine' } } as unknown as Platform;
  await expect(takeRestorePoint({ ...services, platform }, 'request', signal)).rejects.toMatchObject({ code: 'unsupported', message: 'not on this machine' });
});

test('neither a stricter policy nor a gateway that is years ahead makes a device throw its points away', async () => {
  await keepRestorePoints(services, { ...policy, retentionHours: 72 }, signal);
  const first = '2026-11-22T03:00:00.000Z';
  nowMs += 20 * hour;
  await keepRestorePoints(services, { ...policy, retentionHours: 4, maxDiskBytes: 1 }, signal);
  expect((await points()).map(({ takenAt }) => takenAt)).toEqual(['2026-11-22T23:00:00.000Z', first]);
  ownNowMs = nowMs;
  nowMs += 10 * 365 * 24 * hour;
  await keepRestorePoints(services, { ...policy, retentionHours: 4 }, signal);
  expect((await points()).map(({ takenAt }) => takenAt)).toContain(first);
});
