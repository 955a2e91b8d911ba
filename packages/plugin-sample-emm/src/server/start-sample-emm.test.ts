import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSampleEmm, type SampleEmm } from './start-sample-emm.ts';
import { systemClock } from './system-clock.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'start-emm-'))));
afterEach(() => rm(folder, { recursive: true }));
const start = (port = 0, at = folder): Promise<SampleEmm> => startSampleEmm({ folder: at, port, tenantIds: ['contoso'], clock: systemClock, logger: { log: () => undefined } });

test('authority and tokens are made once; closing twice is harmless', async () => {
  const first = await start();
  const token = await readFile(first.newTokenFiles[0] ?? '', 'utf8');
  await first.close();
  await first.close();
  await using second = await start();
  expect([second.newTokenFiles, second.caCertificatePem, await readFile(join(folder, 'administrator-token.contoso'), 'utf8')]).toEqual([[], first.caCertificatePem, token]);
});

test('a second server on the folder, and a port that is taken, are refused; the folder is free again afterwards', async () => {
  const running = await start();
  await expect(start()).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(start(running.port, join(folder, 'other'))).rejects.toMatchObject({ code: 'failed-precondition', message: expect.stringContaining('EADDRINUSE') as string });
  await running.close();
  await (await start(0, join(folder, 'other'))).close();
});

test('a damaged key file is not replaced: nothing in the escrow would open any more', async () => {
  await (await start()).close();
  await writeFile(join(folder, 'server-keys.json'), '{"version":1');
  await expect(start()).rejects.toMatchObject({ code: 'data-loss' });
  expect(await readFile(join(folder, 'server-keys.json'), 'utf8')).toBe('{"version":1');
});

test('nobody but its owner reads what it keeps, also in a folder that others may look into', async () => {
  await chmod(folder, 0o755);
  await using emm = await start();
  expect(emm.newTokenFiles).toHaveLength(1);
  const readable = await Promise.all((await readdir(folder)).map(async (name) => ({ name, mode: (await stat(join(folder, name))).mode & 0o077 })));
  expect(readable.filter(({ name, mode }) => mode !== 0 && !name.startsWith('running.lock'))).toEqual([]);
});
