import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { RecoveryError } from '@winre-kit/sdk';
import { createManualClock } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { linuxProcessRules } from '../../platform/linux/linux-process-rules.ts';
import type { Platform } from '../../platform/platform.ts';
import { bootCheckSettingsSchema } from '../agent-settings.ts';
import { checkBoot } from './boot-check.ts';

const folder = await mkdtemp(join(tmpdir(), 'boot-'));
const clock = createManualClock();
const platform = { volume: { root: async () => folder }, processRules: linuxProcessRules('/usr/bin:/bin') } as unknown as Platform;
const { signal } = new AbortController();
const check = (settings: object, on = platform): ReturnType<typeof checkBoot> => checkBoot({ platform: on, clock }, bootCheckSettingsSchema.parse(settings), signal);

test("the volume's own program decides, run in its root", async () => {
  await writeFile(join(folder, 'ready'), '');
  expect(await check({ program: ['test', '-e', 'ready'] })).toMatchObject({ state: 'passed', exitCode: 0, observedAt: '2026-11-22T03:00:00.000Z' });
  expect(await check({ program: ['sh', '-c', 'echo INACCESSIBLE_BOOT_DEVICE >&2; exit 7'] })).toMatchObject({ state: 'failed', exitCode: 7, detail: expect.stringContaining('INACCESSIBLE_BOOT_DEVICE') });
  expect(await check({ program: ['no-such-program'] })).toMatchObject({ state: 'failed', detail: expect.stringContaining('no-such-program') });
});

test('a program that hangs has failed', async () => {
  const hanging = check({ program: ['sleep', '60'], timeoutMs: 1_000 });
  await clock.whenSleeping();
  await clock.advance(1_000);
  expect(await hanging).toMatchObject({ state: 'failed', detail: expect.stringContaining('1000 ms') });
});

test('a volume without a program is compared with its list of digests', async () => {
  await writeFile(join(folder, 'a'), 'alpha');
  await writeFile(join(folder, 'SHA256SUMS'), `${createHash('sha256').update('alpha').digest('hex')}  a\n`);
  expect(await check({ manifestFile: 'SHA256SUMS' })).toMatchObject({ state: 'passed' });
  await writeFile(join(folder, 'a'), 'alphA');
  expect(await check({ manifestFile: 'SHA256SUMS' })).toMatchObject({ state: 'failed', detail: 'a is not as listed' });
  await writeFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  gone\n`);
  expect(await check({ manifestFile: 'SHA256SUMS' })).toMatchObject({ state: 'failed', detail: 'gone is missing' });
  await writeFile(join(folder, 'SHA256SUMS'), 'not a digest\n');
  expect(await check({ manifestFile: 'SHA256SUMS' })).toMatchObject({ state: 'failed', detail: expect.stringContaining('sha256sum') });
  expect(await check({ manifestFile: 'absent' })).toMatchObject({ state: 'failed', detail: expect.stringContaining('ENOENT') });
});

test('what is no file of the volume counts as missing and holds nobody up', async () => {
  const digest = createHash('sha256').update('alpha').digest('hex');
  await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
  await symlink('/dev/zero', join(folder, 'endless'));
  await mkdir(join(folder, 'folder'));
  const outside = join(await mkdtemp(join(tmpdir(), 'outside-')), 'file');
  await writeFile(outside, 'alpha');
  for (const path of ['pipe', 'endless', 'folder', relative(folder, outside)]) {
    await writeFile(join(folder, 'SHA256SUMS'), `${digest}  ${path}\n`);
    expect(await check({ manifestFile: 'SHA256SUMS' })).toMatchObject({ state: 'failed', detail: `${path} is missing` });
  }
  expect(await check({ manifestFile: 'pipe' })).toMatchObject({ state: 'failed', detail: expect.stringContaining('not a file') });
});

test('a locked volume does not boot', async () => {
  const locked = { ...platform, volume: { root: () => Promise.reject(new RecoveryError('failed-precondition', 'volume os is locked')) } } as unknown as Platform;
  expect(await check({ program: ['true'] }, locked)).toMatchObject({ state: 'failed', detail: 'volume os is locked' });
});

test('exactly one way to check is configured', () => {
  expect(bootCheckSettingsSchema.safeParse({}).success).toBe(false);
  expect(bootCheckSettingsSchema.safeParse({ program: ['true'], manifestFile: 'x' }).success).toBe(false);
});
