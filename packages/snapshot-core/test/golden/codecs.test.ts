import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexOf, repositoryId, sampleConfig, sampleEpoch, sampleLease, sampleSnapshot, sampleTree, sampleTreeWithFingerprints } from '../sample-values.ts';
import { startPack } from '../support/start-pack.ts';
import { SnapshotError } from '../../src/errors/snapshot-error.ts';
import { createPackCodec } from '../../src/pack/pack-codec.ts';
import { decodeIndexFile, encodeIndexFile } from '../../src/format/index-file.ts';
import { decodeLeaseRecord, encodeLeaseRecord } from '../../src/format/lease-record.ts';
import { cutMarks, objectKinds, type ObjectReference } from '../../src/format/object-reference.ts';
import { PackDirectory } from '../../src/format/pack-directory.ts';
import { decodePruneEpoch, encodePruneEpoch } from '../../src/format/prune-epoch.ts';
import { decodeRepositoryConfig, encodeRepositoryConfig } from '../../src/format/repository-config.ts';
import { openSealedFile, sealFile } from '../../src/format/sealed-file.ts';
import { decodeSnapshotRecord, encodeSnapshotRecord } from '../../src/format/snapshot-record.ts';
import { decodeTreeObject, encodeTreeObject } from '../../src/format/tree-object.ts';

const codec = await createPackCodec({ repositoryId, hash: 'sha-256', compression: 'none' });
const { builder } = startPack('tree', new Uint8Array(16).fill(3), codec);
builder.add(hexOf(1, 32), new Uint8Array(1_048_576));
builder.add(hexOf(2, 32), new Uint8Array(10));
builder.add(hexOf(3, 32), new Uint8Array(0));
const manifest = builder.finish();

/** Every codec with a value, its decoder, and the SHA-256 of its bytes, which must never change. */
const codecs: Record<string, { bytes: Uint8Array; decode: (bytes: Uint8Array) => unknown; value: unknown; golden: string }> = {
  config: { bytes: encodeRepositoryConfig(sampleConfig), decode: (bytes) => decodeRepositoryConfig(bytes, repositoryId), value: sampleConfig, golden: 'ca9a614af638f184' },
  snapshot: { bytes: encodeSnapshotRecord(sampleSnapshot), decode: decodeSnapshotRecord, value: sampleSnapshot, golden: '37b79c43930f1017' },
  tree: { bytes: encodeTreeObject(sampleTree), decode: decodeTreeObject, value: sampleTree, golden: '3316c74392fa9af8' },
  'tree with fingerprints': { bytes: encodeTreeObject(sampleTreeWithFingerprints), decode: decodeTreeObject, value: sampleTreeWithFingerprints, golden: '99c66d858fc00722' },
  epoch: { bytes: encodePruneEpoch(sampleEpoch), decode: decodePruneEpoch, value: sampleEpoch, golden: '13db66a2f98f38ea' },
  lease: { bytes: encodeLeaseRecord(sampleLease), decode: decodeLeaseRecord, value: sampleLease, golden: '79dd50531d90c11d' },
  'pack directory': { bytes: manifest.directoryBytes, decode: (bytes) => [...new PackDirectory(bytes).objects()], value: [...manifest.directory.objects()], golden: '69aad0b6aabf7769' },
  index: { bytes: encodeIndexFile([manifest], codec), decode: (bytes) => decodeIndexFile(bytes, codec), value: [manifest], golden: '00a3fab7ffbee3bc' },
  'sealed file': { bytes: sealFile('intent', { repositoryId }, Buffer.from('payload')), decode: (bytes) => openSealedFile('intent', bytes, 'it', { repositoryId }), value: { payload: Buffer.from('payload'), repositoryId }, golden: '2896eb620f355f46' },
};

/** Typed arrays of any class compare by their bytes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? Buffer.from(part).toString('hex') : isBufferJson(part) ? Buffer.from(part.data).toString('hex') : part)));
const isBufferJson = (part: unknown): part is { data: number[] } => typeof part === 'object' && part !== null && 'type' in part && part.type === 'Buffer';

describe.each(Object.entries(codecs))('%s', (_, { bytes, decode, value, golden }) => {
  test('decodes to what was encoded', () => {
    expect(plain(decode(bytes))).toEqual(plain(value));
  });

  test('its bytes never change', () => {
    expect(createHash('sha256').update(bytes).digest('hex').slice(0, 16)).toBe(golden);
  });

  test('every shorter and longer version is refused', () => {
    for (let length = 0; length < bytes.length; length++) expect(() => decode(bytes.slice(0, length)), `${length} bytes`).toThrow(SnapshotError);
    expect(() => decode(Buffer.concat([bytes, new Uint8Array(1)]))).toThrow(SnapshotError);
  });

  test('random bytes are refused by our own errors, quickly', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = bytes.slice();
        for (const [at, to] of changes) damaged[at] = to;
        try {
          decode(damaged);
        } catch (error) {
          if (!SnapshotError.isInstance(error)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('any tree survives', () => {
  const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  const plainReference: fc.Arbitrary<ObjectReference> = fc.record({ id, kind: fc.constantFrom(...objectKinds), cut: fc.constantFrom(...cutMarks), lengthBytes: fc.nat(4_294_967_295) });
  const marked: fc.Arbitrary<ObjectReference> = fc.record({
    id, kind: fc.constant('data' as const), cut: fc.constant('content' as const), lengthBytes: fc.nat(4_294_967_295), fingerprint: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(plainReference, marked)), fc.uint8Array(), (references, payload) => {
      const tree = { references, payload };
      expect(plain(decodeTreeObject(encodeTreeObject(tree)))).toEqual(plain(tree));
    }),
  );
});

test('a fingerprint of another length, or on a reference that is not cut by content, is refused', () => {
  const [first] = sampleTree.references;
  if (!first) throw new Error('the sample has a reference');
  const withFingerprint = (reference: ObjectReference, bytes: number) => ({ ...sampleTree, references: [{ ...reference, fingerprint: new Uint8Array(bytes) }] });
  expect(() => encodeTreeObject(withFingerprint(first, 15))).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
  expect(() => encodeTreeObject(withFingerprint({ ...first, cut: 'max' }, 16))).toThrow(expect.objectContaining({ code: 'format/self-check' }));
  expect(() => encodeTreeObject(withFingerprint({ ...first, kind: 'tree' }, 16))).toThrow(expect.objectContaining({ code: 'format/self-check' }));
});

test.each([
  ['an unknown hash', 'sha-256', 'sha-257', 'the identity hash "sha-257"'],
  ['an unknown chunker', 'sieve-v1', 'sieve-v9', 'the chunking algorithm "sieve-v9"'],
  ['an unknown profile', 'volume', 'valume', 'the chunk profile "valume"'],
  ['an unknown compression', '\x04none\x04none', '\x04some\x04none', 'the compression "some"'],
  ['an unknown encryption', '\x04none\x04none', '\x04none\x04some', 'the encryption "some"'],
])('%s in the config is refused by name', (_, from, to, message) => {
  const text = Buffer.from(encodeRepositoryConfig(sampleConfig)).toString('latin1').replace(from, to);
  expect(() => decodeRepositoryConfig(Buffer.from(text, 'latin1'), repositoryId)).toThrow(expect.objectContaining({ code: 'format/unsupported', message: expect.stringContaining(message) }));
});

test('a feature that this release does not know is refused by name', () => {
  const known = encodeRepositoryConfig(sampleConfig);
  const bytes = Buffer.concat([known.subarray(0, -1), Uint8Array.of(1, 5), Buffer.from('moons')]);
  expect(() => decodeRepositoryConfig(bytes, repositoryId)).toThrow(expect.objectContaining({ code: 'format/unsupported', message: expect.stringContaining('moons') }));
});

describe('a sealed file', () => {
  const sealed = sealFile('snapshot', { repositoryId }, Buffer.from('payload'));
  const reseal = (change: (body: Buffer) => void): Uint8Array => {
    const body = Buffer.from(sealed.subarray(0, -32));
    change(body);
    return Buffer.concat([body, createHash('sha256').update(body).digest()]);
  };
  const open = (bytes: Uint8Array) => () => openSealedFile('snapshot', bytes, 'the snapshot s', { repositoryId });

  test('with any one bit flipped is damaged, never "newer"', () => {
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(open(flipped)).toThrow(expect.objectContaining({ code: 'format/damaged' }));
    }
  });

  test('of a newer version is refused by its number', () => {
    expect(open(reseal((body) => body.writeUInt16LE(2, 8)))).toThrow(expect.objectContaining({ code: 'format/unsupported', message: expect.stringContaining('version 2') }));
  });

  test('with unknown flags is refused', () => {
    expect(open(reseal((body) => body.writeUInt16LE(2, 10)))).toThrow(expect.objectContaining({ code: 'format/unsupported' }));
  });

  test('of another kind or repository is refused', () => {
    expect(() => openSealedFile('intent', sealed, 'it', { repositoryId })).toThrow(expect.objectContaining({ code: 'format/damaged' }));
    expect(() => openSealedFile('snapshot', sealed, 'it', { repositoryId: hexOf(1, 16) })).toThrow(expect.objectContaining({ code: 'format/damaged' }));
  });
});

test('an unknown compression in a pack directory is refused by its number', () => {
  const bytes = manifest.directoryBytes.slice();
  bytes[8 + 12] = 2;
  expect(() => new PackDirectory(bytes)).toThrow(expect.objectContaining({ code: 'format/unsupported', message: expect.stringContaining('compression number 2') }));
});

test.each([
  ['a label that is not text', { ...sampleSnapshot, labels: ['\ud800'] }],
  ['a hostname that is too long', { ...sampleSnapshot, hostname: 'x'.repeat(256) }],
  ['a negative time', { ...sampleSnapshot, timeMs: -1 }],
  ['a fraction', { ...sampleSnapshot, statistics: { ...sampleSnapshot.statistics, durationMs: 0.5 } }],
  ['a malformed id', { ...sampleSnapshot, rootId: 'xyz' }],
])('%s cannot be stored', (_, record) => {
  expect(() => encodeSnapshotRecord(record)).toThrow(expect.objectContaining({ code: 'argument/invalid' }));
});

test('the writer does not let go of what does not decode to itself', async () => {
  const { encodeChecked } = await import('../../src/format/encode-checked.ts');
  expect(() => encodeChecked('it', 5, (value) => Uint8Array.of(value), () => 6)).toThrow(expect.objectContaining({ code: 'format/self-check' }));
});
