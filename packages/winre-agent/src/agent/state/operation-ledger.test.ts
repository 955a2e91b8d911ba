import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSeededRandomBytes } from '@winre-kit/testkit';
import { beforeEach, expect, test } from 'vitest';
import { openOperationLedger } from './operation-ledger.ts';

const randomBytes = createSeededRandomBytes('ledger');
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  path = join(folder, 'operation-ledger');
});
const open = (expectedGeneration?: string): ReturnType<typeof openOperationLedger> => openOperationLedger(folder, { expectedGeneration, randomBytes });
const received = { entry: 'received', operationKey: 'a', commandSequence: 1, capability: 'winre.script.push', planDigest: '0'.repeat(64) } as const;

test('entries are there after it was opened again, and nobody else can read them', async () => {
  const first = await open();
  await Promise.all([first.ledger.append(received), first.ledger.append({ entry: 'phase', operationKey: 'a', phase: 'one' })]);
  await first.ledger.close();
  const again = await open(first.ledger.view.stateGeneration);
  expect(again.lostBecause).toBeUndefined();
  expect(again.ledger.view).toEqual(first.ledger.view);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await again.ledger.close();
});

test('a torn last line is cut off, and the ledger goes on', async () => {
  const first = await open();
  await first.ledger.append(received);
  await first.ledger.close();
  await appendFile(path, '00000 {"entry"');
  const again = await open(first.ledger.view.stateGeneration);
  expect(again.lostBecause).toBeUndefined();
  await again.ledger.append({ entry: 'phase', operationKey: 'a', phase: 'one' });
  await again.ledger.close();
  const third = await open(first.ledger.view.stateGeneration);
  expect(third.ledger.view.operations.get('a')?.phases).toEqual(['one']);
  await third.ledger.close();
});

test('damage, absence and a foreign ledger each begin a new generation; a damaged one is kept', async () => {
  const first = await open();
  await first.ledger.append(received);
  await first.ledger.close();
  const generation = first.ledger.view.stateGeneration;
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"commandSequence":1', '"commandSequence":2'));
  const damaged = await open(generation);
  expect(damaged.lostBecause).toContain('damaged');
  expect(damaged.ledger.view).toMatchObject({ replacesLostLedger: true, lastCommandSequence: 0 });
  expect(damaged.ledger.view.stateGeneration).not.toBe(generation);
  expect(await readFile(`${path}.lost`, 'utf8')).toContain('"commandSequence":2');
  await damaged.ledger.close();
  const foreign = await open(generation);
  expect(foreign.lostBecause).toContain('enrolled with');
  await foreign.ledger.close();
  await rm(path);
  const gone = await open(generation);
  expect(gone.lostBecause).toContain('gone');
  await gone.ledger.close();
});

test('a device that was never enrolled has lost nothing', async () => {
  const first = await open();
  expect(first.lostBecause).toBeUndefined();
  expect(first.ledger.view.replacesLostLedger).toBe(false);
  await first.ledger.close();
});

test('after a failed write nothing more is accepted', async () => {
  const { ledger } = await open();
  await ledger.close();
  await expect(ledger.append(received)).rejects.toMatchObject({ code: 'internal' });
  await expect(ledger.append(received)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('restart') });
  expect(ledger.view.lastCommandSequence).toBe(0);
});
