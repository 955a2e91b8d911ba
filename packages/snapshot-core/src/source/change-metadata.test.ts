import { chmodSync, lstatSync, mkdirSync, readlinkSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { changeMetadata } from './change-metadata.ts';
import { openDirectory } from './directory-handle.ts';
import { noExtendedAttributes } from './extended-attributes.ts';
import { factsFromStats } from './file-facts.ts';
import { lookAt } from './list-directory.ts';

const name = Buffer.from('name');

test('any microsecond comes back exactly, before 1970 too', () => {
  const root = scratchDirectory();
  writeFileSync(join(root, 'name'), '');
  symlinkSync('nowhere', join(root, 'link'));
  const handle = openDirectory(root);
  fc.assert(fc.property(fc.bigInt({ min: -2_000_000_000_000_000n, max: 4_000_000_000_000_000n }), (modifiedMicros) => {
    for (const [type, at] of [['file', name], ['symlink', Buffer.from('link')]] as const) {
      const present = lookAt(handle, at);
      if (present === undefined) throw new TypeError('missing');
      expect(changeMetadata(handle, at, type, { ...present, modifiedMicros }, present)).toEqual([]);
      expect(lookAt(handle, at)?.modifiedMicros).toBe(modifiedMicros);
    }
  }), { numRuns: 300 });
  handle.close();
});

test('a file nobody may open gets its mode; a symlink in its place is not followed', () => {
  const root = scratchDirectory();
  writeFileSync(join(root, 'name'), '', { mode: 0 });
  mkdirSync(join(root, 'outside'), { mode: 0o755 });
  symlinkSync('outside', join(root, 'link'));
  const handle = openDirectory(root);
  const facts = factsFromStats(lstatSync(join(root, 'name'), { bigint: true }));
  changeMetadata(handle, name, 'file', { ...facts, mode: 0o640 }, facts);
  expect(lstatSync(join(root, 'name')).mode & 0o777).toBe(0o640);
  changeMetadata(handle, Buffer.from('link'), 'directory', { ...facts, mode: 0o777, modifiedMicros: 0n }, facts);
  expect(lstatSync(join(root, 'outside'))).toMatchObject({ mode: 0o040755 });
  expect(lstatSync(join(root, 'outside')).mtimeMs).toBeGreaterThan(1);
  chmodSync(join(root, 'name'), 0o600);
  handle.close();
});

test('a name that stands for another file than the one meant is left alone', () => {
  const root = scratchDirectory();
  for (const file of ['name', 'meant']) writeFileSync(join(root, file), '', { mode: 0o600 });
  const handle = openDirectory(root);
  const meant = factsFromStats(lstatSync(join(root, 'meant'), { bigint: true }));
  const before = lookAt(handle, name);
  expect(changeMetadata(handle, name, 'file', { ...meant, mode: 0o4755, modifiedMicros: 0n }, meant)).toBeUndefined();
  expect(lookAt(handle, name)).toEqual(before);
  handle.close();
});

test.each([1, 2])('of %s extended attributes none is set once the name stands for another file, nor anything else', (count) => {
  const root = scratchDirectory();
  for (const file of ['name', 'own']) writeFileSync(join(root, file), '', { mode: 0o600 });
  const handle = openDirectory(root);
  const present = factsFromStats(lstatSync(join(root, 'name'), { bigint: true }));
  const set: string[] = [];
  const port = { ...noExtendedAttributes, isAvailable: true, set: (_: Uint8Array, attribute: Uint8Array) => {
    set.push(Buffer.from(attribute).toString());
    renameSync(join(root, 'name'), join(root, 'moved'));
    renameSync(join(root, 'own'), join(root, 'name'));
  } };
  const changes = ['security.capability', 'user.one'].slice(0, count).map((attribute) => ({ change: 'set' as const, name: Buffer.from(attribute), value: Buffer.from('x') }));
  expect(changeMetadata(handle, name, 'file', { ...present, mode: 0o4755 }, present, { port, changes })).toBeUndefined();
  expect(set).toEqual(['security.capability']);
  for (const file of ['name', 'moved']) expect(lstatSync(join(root, file)).mode & 0o7777).toBe(0o600);
  handle.close();
});

test.runIf(process.getuid?.() === 0)('a symlink gets an owner and a time of its own, what it leads to keeps its', () => {
  const root = scratchDirectory();
  writeFileSync(join(root, 'file'), '');
  symlinkSync('file', join(root, 'name'));
  const handle = openDirectory(root);
  const before = lookAt(handle, Buffer.from('file'));
  const present = factsFromStats(lstatSync(join(root, 'name'), { bigint: true }));
  expect(changeMetadata(handle, name, 'symlink', { ...present, userId: 1_234, groupId: 5_678, modifiedMicros: 77_000_000n }, present)).toEqual([]);
  expect(lookAt(handle, name)).toMatchObject({ type: 'symlink', userId: 1_234, groupId: 5_678, modifiedMicros: 77_000_000n });
  expect(readlinkSync(join(root, 'name'))).toBe('file');
  expect(lookAt(handle, Buffer.from('file'))).toEqual(before);
  handle.close();
});
