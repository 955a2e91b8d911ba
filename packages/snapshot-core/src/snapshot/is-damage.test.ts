import { expect, test } from 'vitest';
import { SnapshotError } from '../errors/snapshot-error.ts';
import { packError, unpackError } from '../worker-pool/portable-error.ts';
import { isDamage } from './is-damage.ts';

test.each([['EIO', true], ['EACCES', false]])('what a thread tells of a repository that answers %s is damage: %s', (code, expected) => {
  const error = new SnapshotError('storage/failed', 'cannot read a pack', { cause: Object.assign(new TypeError('read'), { code }) });
  expect(isDamage(error)).toBe(expected);
  expect(isDamage(unpackError(structuredClone(packError(error))))).toBe(expected);
});
