import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { collect } from '../../test/collect.ts';
import { noise } from '../../test/support/noise.ts';
import { packReferences } from '../format/packed-references.ts';
import type { ContentReference } from '../format/tree-entry.ts';
import { ContentBuilder } from './content-builder.ts';
import type { ObjectPort } from './object-port.ts';
import { PackedContentBuilder } from './packed-content-builder.ts';
import { readPackedReferences, readReferences } from './read-content.ts';

const ids = noise(1, 32 * 90_000);
const references = Array.from({ length: 90_000 }, (_, ordinal): ContentReference => {
  const lengthBytes = 1 + (ids[32 * ordinal + 1] ?? 0);
  return { kind: 'data', id: Buffer.from(ids.subarray(32 * ordinal, 32 * (ordinal + 1))).toString('hex'), lengthBytes, cut: 'content', measure: lengthBytes };
});

test.each([0, 1, 16, 17, 63, 64, 65, 1_000, 1_024, 1_025, 6_000, 90_000])('builds the same content of %i chunks as one reference after the other, in pieces of any size', async (count) => {
  const objects = createObjectPort();
  const expected = new ContentBuilder(objects, 'data', () => {});
  for (const reference of references.slice(0, count)) await expected.add(reference, {});
  const content = await expected.finish({});
  const packed = new PackedContentBuilder(objects, () => {});
  for (let from = 0, size = 1; from < count; from += size, size = 1 + ((size * 5) % 3_001)) await packed.add(packReferences(references.slice(from, Math.min(count, from + size))), {});
  expect(await packed.finish({})).toEqual(content);
  const read: Buffer[] = [];
  for await (const each of readPackedReferences(objects, content, {})) read.push(Buffer.from(each));
  expect(Buffer.concat(read).equals(packReferences(references.slice(0, count)))).toBe(true);
});

test('a list that is not the one referred to is refused, by either way of reading', async () => {
  const objects = createObjectPort();
  const builder = new PackedContentBuilder(objects, () => {});
  await builder.add(packReferences(references.slice(0, 200)), {});
  const { level, references: lists } = await builder.finish({});
  const wrong = { level, references: lists.map((list) => ({ ...list, measure: list.measure + 1 })) };
  await expect(collect(readPackedReferences(objects, wrong, {}))).rejects.toMatchObject({ code: 'format/damaged' });
  await expect(collect(readReferences(objects, wrong, 'data', {}))).rejects.toMatchObject({ code: 'format/damaged' });
});

/** Objects in memory; nobody looks whether what they refer to is there. */
function createObjectPort(): ObjectPort {
  const saved = new Map<string, Uint8Array>();
  const identify = (bytes: Uint8Array): string => hash('sha256', bytes);
  return {
    identify,
    has: (id) => saved.has(id),
    save: async (bytes) => {
      const id = identify(bytes);
      const added = !saved.has(id);
      saved.set(id, bytes);
      return { id, added };
    },
    load: async (id) => saved.get(id) ?? new Uint8Array(0),
  };
}
