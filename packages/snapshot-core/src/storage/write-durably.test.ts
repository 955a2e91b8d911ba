import { link, open, readFile, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeScratchFolder } from '../../test/scratch-folder.ts';
import { translateFileError } from './translate-file-error.ts';
import { writeDurably, type DurableFiles } from './write-durably.ts';

const parts = [Buffer.from('first '), Buffer.from('second')];
const systemError = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

/** The real calls, one of which fails. `sync:1` is the file's fsync, `sync:2` the folder's. */
function failing(step: 'write' | 'sync:1' | 'sync:2' | 'link', code: string, log: string[] = []): DurableFiles {
  let syncs = 0;
  return {
    unlink,
    link: async (from, to) => {
      log.push('link');
      if (step === 'link') throw systemError(code);
      await link(from, to);
    },
    open: async (path, flags, mode) => {
      const handle = await open(path, flags, mode);
      return new Proxy(handle, {
        get(target, property) {
          if (property === 'write' && step === 'write') return async () => Promise.reject(systemError(code));
          if (property === 'sync')
            return async () => {
              syncs++;
              log.push(`sync:${syncs}`);
              if (step === `sync:${syncs}`) throw systemError(code);
              await target.sync();
            };
          const value: unknown = Reflect.get(target, property);
          return typeof value === 'function' ? (...given: unknown[]): unknown => Reflect.apply(value, target, given) : value;
        },
      });
    },
  };
}

test.each([
  ['write', 'ENOSPC', 'storage/full'],
  ['sync:1', 'EIO', 'storage/failed'],
  ['sync:2', 'EIO', 'storage/failed'],
  ['link', 'EROFS', 'storage/read-only'],
] as const)('when %s fails with %s nothing of the file is kept, and the error says %s', async (step, systemCode, code) => {
  const folder = await makeScratchFolder();
  const write = writeDurably(join(folder, 'file'), join(folder, 'temporary'), parts, failing(step, systemCode));
  const error: unknown = await write.catch((cause: unknown) => translateFileError('cannot write', 'write', cause));
  expect(error).toMatchObject({ code });
  expect(await readdir(folder)).toEqual([]);
});

test('the file is durable before it has its name, and its name before the write is over', async () => {
  const folder = await makeScratchFolder();
  const log: string[] = [];
  await writeDurably(join(folder, 'file'), join(folder, 'temporary'), parts, failing('write', 'never', log)).catch(() => undefined);
  expect(log).toEqual([]);
  const files = failing('link', 'EPERM', log);
  await writeDurably(join(folder, 'file'), join(folder, 'temporary'), parts, files);
  expect(log).toEqual(['sync:1', 'link', 'sync:2']);
});

// Windows says EISDIR on exFAT and FAT32.
test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'])('a file system without links (%s) gets a rename that does not replace either', async (code) => {
  const folder = await makeScratchFolder();
  const path = join(folder, 'file');
  await writeDurably(path, join(folder, 'temporary'), parts, failing('link', code));
  expect(await readFile(path, 'utf8')).toBe('first second');
  await expect(writeDurably(path, join(folder, 'temporary'), [], failing('link', code))).rejects.toMatchObject({ code: 'storage/exists' });
  expect(await readFile(path, 'utf8')).toBe('first second');
  expect(await readdir(folder)).toEqual(['file']);
});
