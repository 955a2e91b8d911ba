import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { ContentReference, UnreadEntry } from '../../format/tree-entry.ts';
import { encodeTreeObject } from '../../format/tree-object.ts';
import { encodeTreeNode } from '../../format/tree-payload.ts';
import { bytesOfText } from '../../source/byte-text.ts';
import type { ObjectPort } from '../object-port.ts';
import { deferNames, maxSliceNames } from './defer-names.ts';
import type { NamesToTake } from './taken-item.ts';

const directory = { device: 1n, inode: 2n };
const facts = { mode: 0, userId: 0, groupId: 0, size: 0, modifiedMicros: 0n, changedNanos: 0n, device: 0n, inode: 0n, linkCount: 0 };
const entryOf = (name: string): UnreadEntry => ({ type: 'unread', ...facts, name: bytesOfText(name), reason: 'special' });

/** Names of which some are in pages of a parent: for each page how many, and how many new ones lie before it; `behind` come after all pages. */
function setUp(pages: readonly { readonly known: number; readonly before: number }[], behind: number) {
  const stored = new Map<string, Uint8Array>();
  const inPages: string[][] = [];
  const names: string[] = [];
  const add = (prefix: string, count: number) => {
    const added = Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(6, '0')}`);
    names.push(...added);
    return added;
  };
  const references = pages.map(({ known, before }, index): ContentReference => {
    const place = String(index).padStart(3, '0');
    add(`${place}-a`, before);
    const own = add(`${place}-b`, known);
    inPages.push(own);
    const bytes = encodeTreeObject(encodeTreeNode({ type: 'page', entries: own.map(entryOf) }));
    const id = place.padStart(64, '0');
    stored.set(id, bytes);
    return { kind: 'tree', id, lengthBytes: bytes.length, cut: 'end', measure: known };
  });
  add('999', behind);
  const refuse = () => { throw new SnapshotError('format/self-check', 'names are split without this'); };
  const load = async (id: string) => stored.get(id) ?? refuse();
  const objects: ObjectPort = { identify: refuse, has: refuse, save: refuse, load };
  const work: NamesToTake = { path: bytesOfText('p'), directory, names, files: Uint8Array.from(names, (_, index) => index % 2), pages: references };
  return { objects, work, inPages };
}

async function check({ objects, work, inPages }: ReturnType<typeof setUp>): Promise<readonly NamesToTake[]> {
  const slices = await deferNames(objects, work);
  expect(slices.flatMap(({ names }) => names)).toEqual(work.names);
  expect(Buffer.concat(slices.map(({ files }) => files)).equals(work.files)).toBe(true);
  for (const { names, pages, path, directory: where } of slices) {
    expect([names.length > 0, names.length <= 2 * maxSliceNames, path, where]).toEqual([true, true, work.path, directory]);
    // A unit takes nothing of more names than that, and splits them again.
    expect(names.length < work.names.length || work.names.length <= 2 * maxSliceNames).toBe(true);
    const own = new Set(names);
    expect(pages).toEqual(work.pages.filter((page) => pages.includes(page)));
    expect(work.pages.filter((page, index) => inPages[index]?.some((name) => own.has(name)) === true && !pages.includes(page))).toEqual([]);
  }
  return slices;
}

test('names that are new behind all pages of the parent are split like others', async () => {
  const slices = await check(setUp([{ known: 700, before: 0 }, { known: 500, before: 0 }], 8_800));
  expect(slices.length).toBeGreaterThanOrEqual(8);
});

test('parts end where pages end, as far as pages are near', async () => {
  const world = setUp(Array.from({ length: 10 }, () => ({ known: 1_000, before: 0 })), 0);
  expect((await check(world)).map(({ names, pages }) => [names.length, pages.length])).toEqual(Array.from({ length: 5 }, () => [2_000, 2]));
});

test('whatever is new and wherever, parts are in order, cover everything, know their pages and can be taken', async () => {
  const counts = fc.oneof(fc.nat(3), fc.nat(1_100), fc.nat(9_000));
  const pages = fc.array(fc.record({ known: fc.integer({ min: 1, max: 1_024 }), before: counts }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(pages, counts, async (known, behind) => {
    await check(setUp(known, behind));
  }), { numRuns: 40 });
}, 60_000);
