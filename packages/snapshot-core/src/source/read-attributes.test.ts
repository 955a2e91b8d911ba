import { expect, test } from 'vitest';
import type { ExtendedAttributes } from './extended-attributes.ts';
import { noExtendedAttributes } from './extended-attributes.ts';
import { readAttributes } from './read-attributes.ts';

const path = Buffer.from('/somewhere');
const systemError = (code: string) => Object.assign(new TypeError(code), { code });

/** A port over a plain record; a value of `null` cannot be read. */
function portOf(values: Record<string, Uint8Array | null>): ExtendedAttributes {
  return {
    isAvailable: true,
    list: () => Object.keys(values).map((name) => Buffer.from(name)),
    get: (_, name) => values[Buffer.from(name).toString()] ?? undefined,
    set: () => {}, remove: () => {},
  };
}

test('they come sorted, without what the file system makes up', () => {
  const read = readAttributes(portOf({ 'user.b': Buffer.from('2'), 'system.nfs4_acl': Buffer.from('x'), 'user.a': Buffer.from('1') }), path);
  expect(read.attributes).toEqual({ complete: true, list: [{ name: Buffer.from('user.a'), value: Buffer.from('1') }, { name: Buffer.from('user.b'), value: Buffer.from('2') }] });
  expect(read.problems).toEqual([]);
});

test('what is too long, too much or cannot be read is named, and the rest is kept', () => {
  const read = readAttributes(portOf({ 'user.a': new Uint8Array(65_537), 'user.b': new Uint8Array(65_536), 'user.c': new Uint8Array(65_536), 'user.d': null, 'user.e': Buffer.from('e') }), path);
  expect(read.attributes).toMatchObject({ complete: false, list: [{ name: Buffer.from('user.b') }, { name: Buffer.from('user.e') }] });
  expect(read.problems.map((problem) => /user\.\w/.exec(problem)?.[0])).toEqual(['user.a', 'user.c', 'user.d']);
  expect(read.names).toHaveLength(5);
});

test('a file system without them has none, for certain; a platform without them knows nothing', () => {
  const failing = (code: string): ExtendedAttributes => ({ ...portOf({}), list: () => { throw systemError(code); } });
  expect(readAttributes(failing('ENOTSUP'), path)).toMatchObject({ attributes: { list: [], complete: true }, problems: [] });
  expect(readAttributes(noExtendedAttributes, path)).toEqual({ names: [], problems: [], isOutOfReach: false });
  expect(readAttributes(failing('EIO'), path)).toMatchObject({ problems: [expect.stringContaining('EIO')], isOutOfReach: false });
  expect(readAttributes(failing('EILSEQ'), Buffer.from([0xff]))).toMatchObject({ problems: [expect.stringContaining('its name is not UTF-8')], isOutOfReach: true });
  expect(readAttributes(failing('EILSEQ'), path)).toMatchObject({ problems: [expect.stringContaining('none of them can be read')], isOutOfReach: false });
  expect(readAttributes(failing('EIO'), path)).not.toHaveProperty('attributes');
  expect(() => readAttributes(failing('ENOENT'), path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
