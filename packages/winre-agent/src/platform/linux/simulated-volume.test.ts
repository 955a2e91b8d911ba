import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretValue } from '@winre-kit/sdk';
import { createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import { createSimulatedVolume, type SimulatedVolume } from './simulated-volume.ts';

let folder: string;
let volume: SimulatedVolume;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'volume-'));
  await mkdir(join(folder, 'root/deep'), { recursive: true });
  await writeFile(join(folder, 'root/deep/file'), 'x');
  volume = createSimulatedVolume({ volumeId: 'os', folder: join(folder, 'root'), encrypted: true, machineFolder: folder, randomBytes: createSeededRandomBytes('volume') });
});

test('a locked volume refuses access until the right recovery key opens it', async () => {
  const { key } = await volume.addRecoveryKey();
  await volume.lock();
  await expect(volume.root()).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(volume.unlock(new SecretValue('000000-000000'))).rejects.toMatchObject({ code: 'permission-denied', message: expect.not.stringContaining('000000') });
  expect(await volume.status()).toMatchObject({ locked: true });
  await volume.unlock(key);
  expect(await volume.root()).toBe(join(folder, 'root'));
});

test('two keys open it until one of them is kept alone; neither is stored', async () => {
  const first = await volume.addRecoveryKey();
  const second = await volume.addRecoveryKey();
  await volume.lock();
  await volume.unlock(first.key);
  await volume.keepOnlyRecoveryKey(second.keyId);
  await volume.keepOnlyRecoveryKey(second.keyId);
  await volume.lock();
  await expect(volume.unlock(first.key)).rejects.toMatchObject({ code: 'permission-denied' });
  await volume.unlock(second.key);
  await expect(volume.keepOnlyRecoveryKey(first.keyId)).rejects.toMatchObject({ code: 'not-found' });
  const stored = await readFile(join(folder, 'encryption.json'), 'utf8');
  for (const { key } of [first, second]) expect(stored).not.toContain(key.reveal());
});

test('emptying needs no key and leaves a volume without keys', async () => {
  await volume.addRecoveryKey();
  await volume.lock();
  await volume.empty();
  await volume.empty();
  expect(await readdir(await volume.root())).toEqual([]);
  expect(await volume.status()).toMatchObject({ encrypted: true, locked: false, recoveryKeyIds: [] });
});

test('a volume that is not encrypted is never locked', async () => {
  const plain = createSimulatedVolume({ volumeId: 'os', folder: join(folder, 'root'), encrypted: false, machineFolder: folder, randomBytes: createSeededRandomBytes('plain') });
  await plain.lock();
  expect(await plain.status()).toMatchObject({ encrypted: false, locked: false, freeBytes: expect.any(Number) });
});
