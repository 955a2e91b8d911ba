import { describe, expect, test } from 'vitest';
import { checkRepository } from '../../src/index.ts';
import { flipBit } from '../fault-storage.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { codeOf, makeSmallRepository, readAll, storageWith, variants, wrongIn } from './small-repository.ts';

/** In CI one bit of so many bytes of each variant; all bits in the long run. */
const usualFlips = 160;

/** Codes with which a damaged repository may refuse to be opened or checked. */
const refusals = ['format/damaged', 'format/unsupported', 'repository/wrong-key', 'repository/key-required'];

describe.each(variants)('a flipped bit ($name)', (variant) => {
  test('is found wherever it is, and never gives wrong bytes', { timeout: usualOrLong(60_000, 1_800_000) }, async () => {
    const files = await makeSmallRepository(variant);
    const intact = await readAll(await storageWith(files), variant);
    const bits = [...files].flatMap(([file, bytes]) => Array.from({ length: bytes.length * 8 }, (_, bit) => ({ file, bytes, bit })));
    // A stride that is no multiple of eight meets every bit of a byte.
    const stride = usualOrLong(Math.floor(bits.length / usualFlips / 2) * 2 + 1, 1);
    for (let at = 0; at < bits.length; at += stride) {
      const { file, bytes, bit } = bits[at] ?? { file: '', bytes: new Uint8Array(), bit: 0 };
      const what = `bit ${bit} of ${file}`;
      const damaged = await storageWith(new Map([...files, [file, flipBit(bytes, bit)]]));
      const report = await checkRepository({ storage: damaged, ...variant.credential, readData: true }).catch(codeOf);
      const isFound = typeof report === 'string' ? refusals.includes(report) : !report.intact && report.findings.some((finding) => finding.file === file);
      expect(isFound, `${what}: ${JSON.stringify(report)}`).toBe(true);
      const read = await readAll(damaged, variant).catch(codeOf);
      const wrong = typeof read === 'string' ? [read].filter((code) => !refusals.includes(code)) : wrongIn(read, intact);
      expect(wrong, what).toEqual([]);
    }
  });
});
