import { seededBytes } from '../../support/tree-operations.ts';

/** The base of the committed delta. */
export const goldenBase = Buffer.concat([seededBytes(1, 20_000), Buffer.alloc(8_192), Buffer.alloc(12_000, 'a line of text that stays much the same\n')]);

/** What it leads to: a shift, overwritten and new bytes, new zeros, a line that changed. */
export const goldenResult = Buffer.concat([
  goldenBase.subarray(0, 9_000), seededBytes(2, 300), goldenBase.subarray(9_000, 12_000), Buffer.alloc(20_000), goldenBase.subarray(15_000, 30_000), Buffer.from('A line of text that changed a little\n'), goldenBase.subarray(30_040),
]);
