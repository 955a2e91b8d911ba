import { expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { packError, unpackError } from './portable-error.ts';

const travel = (error: unknown) => unpackError(structuredClone(packError(error)));

test('the code of what caused it comes along, and where it happened', () => {
  const cause = Object.assign(new TypeError('EIO: i/o error, read'), { code: 'EIO' });
  const error = new SnapshotError('storage/failed', 'cannot read a pack', { cause });
  expect(travel(error)).toMatchObject({ name: 'SnapshotError', code: 'storage/failed', message: 'cannot read a pack', cause: { code: 'EIO', message: cause.message, cause: error.stack } });
  expect(travel(Object.assign(new TypeError('outer', { cause }), { code: 'ENOENT' }))).toMatchObject({ code: 'ENOENT', cause: { code: 'EIO' } });
});

test('a cause without a code stays behind', () => {
  const error = new SnapshotError('storage/failed', 'cannot read a pack', { cause: new RangeError('something else') });
  expect(travel(error).cause).toBe(error.stack);
  expect(travel('no error')).toMatchObject({ message: 'no error', cause: undefined });
});
