import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PluginStorage } from '../../contract/host-services.ts';
import { createFileStorage } from './file-storage.ts';
import { createHttpClient } from './http-client.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { nameSpaceOf } from './name-space.ts';
import { systemClock } from './system-clock.ts';
import { systemIds } from './system-ids.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'storage-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each<[string, () => Promise<PluginStorage>]>([['memory', () => Promise.resolve(createMemoryStorage())], ['file', () => createFileStorage(folder)]])('%s storage', (_name, open) => {
  test('keeps, replaces and deletes values, whatever their key', async () => {
    const storage = await open();
    for (const key of ['a', '../../etc/passwd', 'ä/ö\n']) {
      expect(await storage.get(key)).toBeUndefined();
      await storage.set(key, { value: 1 });
      await Promise.all([storage.set(key, 2), storage.set(key, [3])]);
      expect(await storage.get(key)).toEqual([3]);
      await storage.delete(key);
      await storage.delete(key);
      expect(await storage.get(key)).toBeUndefined();
    }
  });

  test('refuses more than 64 KiB', async () => {
    const storage = await open();
    await expect((async () => storage.set('key', 'x'.repeat(65_536)))()).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(await storage.get('key')).toBeUndefined();
  });
});

test('name spaces do not reach each other', async () => {
  const storage = createMemoryStorage();
  await nameSpaceOf(storage, 'a').set('b/c', 1);
  expect(await nameSpaceOf(storage, 'a/b').get('c')).toBeUndefined();
  expect(await nameSpaceOf(storage, 'a').get('b/c')).toBe(1);
});

test('a damaged file is data-loss, and other keys are not harmed', async () => {
  const storage = await createFileStorage(folder);
  await storage.set('key', 1);
  const [name = ''] = await readdir(folder);
  await writeFile(join(folder, name), '{');
  await expect(storage.get('key')).rejects.toMatchObject({ code: 'data-loss' });
  await storage.set('other', 2);
  expect(await storage.get('other')).toBe(2);
});

describe('http client', () => {
  const sent: { url: string; redirect: string | undefined }[] = [];
  const fetch = (url: string | URL, init?: RequestInit): Promise<Response> => {
    sent.push({ url: String(url), redirect: init?.redirect });
    return Promise.resolve(new Response('ok'));
  };
  const client = createHttpClient({ fetch, allowedHosts: ['emm.example', 'other.example:8443'] });

  test('reaches listed hosts and never follows a redirect by itself', async () => {
    await client.fetch('https://emm.example/a');
    await client.fetch(new URL('https://other.example:8443/'), { redirect: 'follow' });
    expect(sent).toEqual([{ url: 'https://emm.example/a', redirect: 'manual' }, { url: 'https://other.example:8443/', redirect: 'manual' }]);
  });

  test.each(['https://evil.example/', 'https://other.example/', 'https://emm.example.evil.example/', 'https://user@evil.example/emm.example'])('refuses %s', async (url) => {
    await expect(client.fetch(url)).rejects.toMatchObject({ code: 'permission-denied' });
  });

  test.each(['/relative', 'file:///etc/passwd', 'ftp://emm.example/'])('refuses %s', async (url) => {
    await expect(client.fetch(url)).rejects.toMatchObject({ code: 'invalid-argument', fieldPath: 'url' });
  });
});

test('the system clock sleeps, and stops sleeping when told', async () => {
  await systemClock.sleep(1);
  await systemClock.sleep(-1);
  const stop = new AbortController();
  const sleeping = systemClock.sleep(2_147_483_647 * 2, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(systemClock.sleep(1, { signal: stop.signal })).rejects.toThrow('enough');
  expect(systemIds.next('operation')).not.toBe(systemIds.next('operation'));
});
