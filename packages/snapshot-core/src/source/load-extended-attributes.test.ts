import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { loadExtendedAttributes } from './load-extended-attributes.ts';

test.skipIf(process.platform !== 'linux')('failures of the add-on are system errors with their code, and symlinks are not followed', async () => {
  const { attributes } = await loadExtendedAttributes();
  const root = scratchDirectory();
  writeFileSync(join(root, 'file'), 'x');
  symlinkSync('file', join(root, 'link'));
  mkdirSync(join(root, 'directory'));
  const at = (name: string) => Buffer.from(join(root, name));
  const name = Buffer.from('user.name');
  attributes.set(at('file'), name, Buffer.from([0, 0xff]));
  attributes.set(at('directory'), name, new Uint8Array(0));
  expect(attributes.list(at('file')).map((bytes) => Buffer.from(bytes).toString())).toContain('user.name');
  expect(Buffer.from(attributes.get(at('file'), name) ?? []).toString('hex')).toBe('00ff');
  expect(attributes.get(at('directory'), name)).toHaveLength(0);
  expect(attributes.get(at('file'), Buffer.from('user.other'))).toBeUndefined();
  expect(attributes.get(at('link'), name)).toBeUndefined();
  expect(() => attributes.set(at('link'), name, Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'EPERM' }));
  expect(() => attributes.list(at('nothing'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  expect(() => attributes.remove(at('link'), Buffer.from('trusted.x'))).toThrow(expect.objectContaining({ code: expect.stringMatching(/ENODATA|EPERM/) }));
  expect(() => attributes.list(Buffer.concat([at(''), Buffer.from([0xff])]))).toThrow(expect.objectContaining({ code: 'EILSEQ' }));
  attributes.remove(at('file'), name);
  expect(attributes.get(at('file'), name)).toBeUndefined();
});

test.skipIf(process.platform !== 'linux')('without the add-on nothing is known, and that is said', async () => {
  const { attributes, problem } = await loadExtendedAttributes(() => Promise.reject(new TypeError('no build for this machine')));
  expect(attributes.isAvailable).toBe(false);
  expect(problem).toMatch(/no build for this machine/);
  expect(() => attributes.set(Buffer.from('/x'), Buffer.from('user.x'), new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
});
