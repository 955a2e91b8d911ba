import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRepository, encodeTreeObject, openFileVolume, readImage, restoreImage, rollback, takeSnapshot, type ContentReference, type Repository, type TakenSnapshot } from '../../src/index.ts';
import { encodeTreeNode } from '../../src/format/tree-payload.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { seededBytes } from '../support/tree-operations.ts';

/** How to cut an image: lengths, what the references say of them, and where a fingerprint is claimed. */
interface Piece {
  readonly lengthBytes: number;
  readonly said?: Partial<Pick<ContentReference, 'cut' | 'lengthBytes' | 'fingerprint'>>;
}

const region = 67_108_864;
const fingerprint = new Uint8Array(16);

/** An image that is cut as no snapshot cuts it, in a repository of its own; its objects are sound. */
async function setUp(bytes: Uint8Array, pieces: readonly Piece[]): Promise<{ repository: Repository; scratch: string; path: string; id: string }> {
  const scratch = scratchDirectory();
  const path = join(scratch, 'image');
  writeFileSync(path, bytes);
  const repository = await createRepository({ path: join(scratch, 'repository'), profile: 'small', hash: 'blake3' });
  const id = await repository.withLease('shared', async () => {
    const references: ContentReference[] = [];
    let offset = 0;
    for (const { lengthBytes, said } of pieces) {
      const { id: chunkId } = await repository.save(bytes.subarray(offset, offset + lengthBytes), 'data');
      const length = said?.lengthBytes ?? lengthBytes;
      references.push({ kind: 'data', id: chunkId, cut: 'content', ...said, lengthBytes: length, measure: length });
      offset += lengthBytes;
    }
    const size = references.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const list = encodeTreeObject(encodeTreeNode({ type: 'list', leafKind: 'data', level: 1, references }));
    const listReference = { kind: 'tree', id: (await repository.save(list, 'tree')).id, lengthBytes: list.length, cut: 'end', measure: size } as const;
    const root = encodeTreeObject(encodeTreeNode({
      type: 'root',
      entry: {
        type: 'file', name: new Uint8Array(0), mode: 0, userId: 0, groupId: 0, size, modifiedMicros: 0n, changedNanos: 0n, device: 0n, inode: 0n, linkCount: 0,
        torn: false, settled: true, sparse: false, content: { level: 1, references: [listReference] },
      },
    }));
    const { id: rootId } = await repository.save(root, 'tree');
    return (await repository.commitSnapshot({
      generation: 0, timeMs: 1, hostname: 'h', labels: [], source: { kind: 'image', description: 'crafted' }, rootId, incomplete: false,
      statistics: { entryCount: 1, totalBytes: size, chunkCount: references.length, addedBytes: 1, durationMs: 1 },
    })).id;
  });
  return { repository, scratch, path, id };
}

async function take(repository: Repository, path: string, options: { parent?: string; changedRanges?: [] }): Promise<TakenSnapshot> {
  const volume = await openFileVolume(path, { readOnly: true });
  try {
    const { parent, changedRanges } = options;
    return await takeSnapshot(repository, { kind: 'volume', volume, ...(changedRanges && { changedRanges }) }, { workers: 0, ...(parent !== undefined && { parent }) });
  } finally {
    await volume.close();
  }
}

/** Position of the first byte of a snapshot that is not as in the image. */
async function firstDifference(repository: Repository, { record }: TakenSnapshot, bytes: Uint8Array): Promise<number | undefined> {
  let offset = 0;
  for await (const part of readImage(repository, record.id)) {
    if (Buffer.compare(part, bytes.subarray(offset, offset + part.length)) !== 0) return offset;
    offset += part.length;
  }
  return offset === bytes.length ? undefined : offset;
}

describe('an image that is cut as no snapshot cuts it', () => {
  test.each([0, 2])('comes back with chunks of any allowed length, with %i workers', { timeout: 60_000 }, async (workers) => {
    const bytes = seededBytes(1, 45_000_000);
    const { repository, scratch, id } = await setUp(bytes, [{ lengthBytes: 1_000 }, { lengthBytes: 40_000_000 }, { lengthBytes: 4_999_000 }]);
    const path = join(scratch, 'target');
    const target = await openFileVolume(path, { resizeToBytes: bytes.length });
    await restoreImage(repository, id, target, { workers });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    await target.write(20_000_000, new Uint8Array(5_000));
    await target.write(44_000_000, new Uint8Array(1));
    expect(await rollback(repository, id, target, { operationId: 'op', workers })).toMatchObject({ actions: { rewrite: 2, keep: 1 }, complete: true });
    expect(readFileSync(path).equals(bytes)).toBe(true);
    await target.close();
  });

  test('and says wrong lengths is damage, and nothing wrong is written', { timeout: 60_000 }, async () => {
    const bytes = seededBytes(2, 300_000);
    for (const lengthBytes of [99_999, 100_001, 40_000_000]) {
      const { repository, scratch, id } = await setUp(bytes, [{ lengthBytes: 100_000, said: { lengthBytes } }, { lengthBytes: 200_000 }]);
      const path = join(scratch, 'target');
      const target = await openFileVolume(path, { resizeToBytes: 200_000 + lengthBytes });
      for (const workers of [0, 1]) {
        await expect(restoreImage(repository, id, target, { workers })).rejects.toMatchObject({ code: 'format/damaged' });
        await expect(rollback(repository, id, target, { operationId: 'op', workers })).rejects.toMatchObject({ code: 'format/damaged' });
      }
      expect(readFileSync(path).subarray(0, lengthBytes).every((byte) => byte === 0)).toBe(true);
      await target.close();
    }
  });

  test.each([
    ['chunks longer than any', [{ lengthBytes: 9_000_000 }, { lengthBytes: 1_000_000, said: { cut: 'end' } }]],
    ['groups longer than any', [...Array.from({ length: 180 }, () => ({ lengthBytes: 50_000 })), { lengthBytes: 50_000, said: { fingerprint } }, { lengthBytes: 950_000, said: { cut: 'end' } }]],
  ] as const)('into %s does not lead the next snapshot astray', async (_, pieces) => {
    const bytes = seededBytes(3, 10_000_000);
    const { repository, path, id } = await setUp(bytes, pieces);
    expect(await firstDifference(repository, await take(repository, path, { parent: id }), bytes)).toBeUndefined();
  });

  test('across the edges of regions does not lead astray whoever takes parts of it over unread', { timeout: 60_000 }, async () => {
    // All but the first piece of regular lengths: only the offsets are wrong.
    const bytes = new Uint8Array(3 * region + 165_531);
    bytes.set(seededBytes(4, 1_000_000), 2 * region + 65_531);
    const regular = Array.from({ length: 3 * 1_024 }, () => ({ lengthBytes: 65_536, said: { cut: 'max' } }) as const);
    const { repository, path, id } = await setUp(bytes, [{ lengthBytes: 65_531 }, ...regular, { lengthBytes: 100_000, said: { cut: 'end' } }]);
    const next = await take(repository, path, { parent: id, changedRanges: [] });
    expect(await firstDifference(repository, next, bytes)).toBeUndefined();
    expect(next.report.issues).toMatchObject([{ reason: 'parent-damaged' }]);
  });
});
