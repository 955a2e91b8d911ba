import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRepository, diffSnapshots, openRepository, repairRepository } from '../../src/index.ts';
import { usualOrLong } from '../support/long-tests.ts';
import { codeOf, filesOf, lostIn, makeSmallRepository, readAll, storageWith, variants, wrongIn, type RepositoryFiles } from './small-repository.ts';

/** One thing that goes wrong with a repository's files; numbers are taken modulo what is there. */
interface Damage {
  readonly kind: 'truncate' | 'extend' | 'swap' | 'copy' | 'zero' | 'flip' | 'remove' | 'foreign' | 'rename';
  readonly file: number;
  readonly other: number;
  readonly at: number;
  readonly length: number;
}

const damageArbitrary: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('truncate', 'extend', 'swap', 'copy', 'zero', 'flip', 'flip', 'remove', 'foreign', 'rename'),
  file: fc.nat(10_000),
  other: fc.nat(10_000),
  at: fc.nat(100_000),
  length: fc.integer({ min: 1, max: 600 }),
});

const foreignNames = ['config/notes', 'key/notes.txt', 'pack/notes.txt', `pack/${'0'.repeat(64)}`, 'index/a', 'snapshot/readme', `snapshot/${'f'.repeat(32)}`, 'intent/rollback-x', 'epoch/99999999', 'epoch/99999999999', 'epoch/x'];

function apply(files: RepositoryFiles, damages: readonly Damage[]): RepositoryFiles {
  const damaged = new Map(files);
  for (const { kind, file, other, at, length } of damages) {
    const names = [...damaged.keys()];
    const name = names[file % names.length] ?? '';
    const otherName = names[other % names.length] ?? '';
    const bytes = damaged.get(name) ?? new Uint8Array();
    const offset = at % Math.max(1, bytes.length);
    const changed = new Uint8Array(bytes);
    if (kind === 'truncate') damaged.set(name, bytes.slice(0, offset));
    else if (kind === 'extend') damaged.set(name, Buffer.concat([bytes, new Uint8Array(length).fill(at & 255)]));
    else if (kind === 'zero') damaged.set(name, changed.fill(0, offset, offset + length));
    else if (kind === 'remove') damaged.delete(name);
    else if (kind === 'copy') damaged.set(name, damaged.get(otherName) ?? bytes);
    else if (kind === 'foreign') damaged.set(foreignNames[file % foreignNames.length] ?? '', damaged.get(otherName) ?? bytes);
    else if (kind === 'rename') {
      damaged.delete(name);
      damaged.set(`${name.split('/')[0] ?? ''}/${at.toString(16).padStart(name.split('/')[1]?.length ?? 1, '0')}`, bytes);
    } else if (kind === 'swap') {
      damaged.set(name, damaged.get(otherName) ?? bytes);
      damaged.set(otherName, bytes);
    } else {
      changed[offset] = (changed[offset] ?? 0) ^ (1 << (length & 7));
      damaged.set(name, changed);
    }
  }
  return damaged;
}

describe.each(variants)('a repository with whatever damage ($name)', (variant) => {
  test('gives right bytes or an error with a code, and a repair keeps all that could be read', { timeout: usualOrLong(60_000, 900_000) }, async () => {
    const files = await makeSmallRepository(variant);
    const intact = await readAll(await storageWith(files), variant);
    await fc.assert(fc.asyncProperty(fc.array(damageArbitrary, { minLength: 1, maxLength: 4 }), async (damages) => {
      const storage = await storageWith(apply(files, damages));
      const before = await readAll(storage, variant).catch(codeOf);
      expect(typeof before === 'string' ? [] : wrongIn(before, intact)).toEqual([]);
      await checkRepository({ storage, ...variant.credential, readData: true }).catch(codeOf);
      const dry = await repairRepository({ storage, ...variant.credential, dryRun: true }).catch(codeOf);
      expect(await filesOf(storage)).toEqual(await filesOf(await storageWith(apply(files, damages))));
      const report = await repairRepository({ storage, ...variant.credential }).catch(codeOf);
      expect(report).toEqual(dry);
      if (typeof report === 'string') return;
      const after = await readAll(storage, variant);
      if (typeof before === 'string') throw new TypeError(`it could not be opened (${before}), and was repaired`);
      const newIds = new Map(report.actions.flatMap(({ action, file, newSnapshotId }) => (action === 'replace' ? [[file.slice('snapshot/'.length), newSnapshotId ?? '']] : [])));
      for (const [id, contents] of before) {
        expect(lostIn(contents, after.get(newIds.get(id) ?? id)), id).toEqual([]);
        // What takes the place of a snapshot can be read whole.
        expect(newIds.has(id) ? [...(after.get(newIds.get(id) ?? '')?.keys() ?? ['nothing error'])].filter((path) => path.endsWith('error')) : []).toEqual([]);
      }
      const again = await repairRepository({ storage, ...variant.credential });
      expect(again.actions.filter(({ action }) => action !== 'keep')).toEqual([]);
      const repository = await openRepository({ storage, ...variant.credential });
      const checked = await repository.check({ readData: true });
      const kept = report.actions.flatMap(({ action, file }) => (action === 'keep' ? [file] : []));
      expect(checked.damagedSnapshots.filter((id) => !kept.includes(`snapshot/${id}`))).toEqual([]);
      const trees = (await repository.listSnapshots()).snapshots.filter(({ id, source }) => source.kind === 'tree' && !kept.includes(`snapshot/${id}`)).map(({ id }) => id);
      for (const from of trees) for (const to of trees) for await (const change of diffSnapshots(repository, from, to)) expect(change.displayPath).not.toBe('');
      await repository.prune({ graceMs: 0 }).catch(codeOf);
    }), { numRuns: usualOrLong(40, 1_500) });
  });
});
