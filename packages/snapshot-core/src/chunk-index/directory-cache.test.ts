import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startPack } from '../../test/support/start-pack.ts';
import { createPackCodec } from '../pack/pack-codec.ts';
import { DirectoryCache, type StoredDirectory } from './directory-cache.ts';
import type { PackSummary } from './pack-table.ts';

const codec = await createPackCodec({ repositoryId: 'ab'.repeat(16), hash: 'sha-256', compression: 'none' });
const packs = Array.from({ length: 12 }, (_, ordinal) => {
  const { builder } = startPack('data', new Uint8Array(16).fill(ordinal), codec);
  for (let object = 0; object <= ordinal; object++) builder.add(codec.identity.identify(Buffer.from(`${ordinal} ${object}`)), Buffer.from(`${ordinal} ${object}`));
  return builder.finish();
});
const summaryOf = (ordinal: number): PackSummary | undefined => {
  const pack = packs[ordinal];
  return pack && { ordinal, name: pack.name, kind: pack.kind, fileBytes: pack.fileBytes, directoryBytes: pack.directoryBytes.length, objectCount: pack.directory.objectCount };
};

function makeCache(maxBytes: number, read: (pack: PackSummary) => StoredDirectory | undefined = ({ ordinal }) => packs[ordinal]) {
  const reads: number[] = [];
  const counted = (pack: PackSummary) => {
    reads.push(pack.ordinal);
    return read(pack);
  };
  return { reads, cache: new DirectoryCache({ summaryOf, read: counted, opener: codec, maxBytes }) };
}

describe('DirectoryCache', () => {
  test('gives the right directory whatever was asked before, and holds no more than it may', () => {
    const maxBytes = 4_000;
    fc.assert(
      fc.property(fc.array(fc.nat(13)), (ordinals) => {
        const { cache } = makeCache(maxBytes);
        for (const ordinal of ordinals) {
          expect(cache.get(ordinal)?.directory.objectCount).toBe(ordinal < packs.length ? ordinal + 1 : undefined);
          expect(cache.heldBytes).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });

  test('what is used stays, what is not goes first', () => {
    const { cache, reads } = makeCache(6_000);
    for (let round = 0; round < 50; round++) {
      cache.get(0);
      cache.get(1 + (round % 11));
    }
    expect(reads.filter((ordinal) => ordinal === 0).length).toBeLessThan(10);
    expect(reads.length).toBeGreaterThan(11);
  });

  test.each([
    ['cannot be read', () => undefined],
    ['is that of another pack', () => packs[11]],
    ['has a flipped bit', ({ ordinal }: PackSummary) => flipped(packs[ordinal])],
  ])('one that %s is a miss, and is not read again until it is forgotten', (_, read) => {
    let isBroken = true;
    const { cache, reads } = makeCache(6_000, (pack) => (isBroken ? read(pack) : packs[pack.ordinal]));
    for (let round = 0; round < 3; round++) {
      expect(cache.get(3)).toBeUndefined();
      cache.get(4);
    }
    expect(reads.filter((ordinal) => ordinal === 3)).toHaveLength(1);
    expect(cache.unreadable.has(3)).toBe(true);
    isBroken = false;
    cache.forget(3);
    expect(cache.get(3)?.name).toBe(packs[3]?.name);
    expect(cache.unreadable.has(3)).toBe(false);
  });
});

function flipped(pack: StoredDirectory | undefined): StoredDirectory | undefined {
  const directoryBytes = new Uint8Array(pack?.directoryBytes ?? []);
  directoryBytes[50] = (directoryBytes[50] ?? 0) ^ 4;
  return pack && { prefix: pack.prefix, directoryBytes };
}
