import { expect, test } from 'vitest';
import { errorCodes } from './error-codes.ts';
import { SnapshotError } from './snapshot-error.ts';

test('is recognised across copies of the package, where instanceof is not', async () => {
  const again = './snapshot-error.ts?another-copy';
  const other = ((await import(/* @vite-ignore */ again)) as { SnapshotError: typeof SnapshotError }).SnapshotError;
  const error = new other('storage/full', 'no room');
  expect(error instanceof SnapshotError).toBe(false);
  expect(SnapshotError.isInstance(error)).toBe(true);
  for (const foreign of [new Error('storage/full'), { code: 'storage/full' }, null, undefined, 'x']) expect(SnapshotError.isInstance(foreign)).toBe(false);
});

test('carries code, cause, and whether trying again can help', () => {
  const cause = new Error('ENOSPC');
  expect(new SnapshotError('storage/full', 'no room', { cause })).toMatchObject({ name: 'SnapshotError', code: 'storage/full', retryable: true, cause, message: 'no room' });
  expect(new SnapshotError('object/damaged', 'bad').retryable).toBe(false);
});

test('every code is named by area and explained', () => {
  for (const [code, { meaning }] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
    expect(meaning.length, code).toBeGreaterThan(15);
  }
});
