import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectChangedRanges, planRegions } from './plan-regions.ts';

const regionBytes = 10;
const sizeArbitrary = fc.nat(1_000);
const inputArbitrary = sizeArbitrary.chain((sizeBytes) => fc.record({
  sizeBytes: fc.constant(sizeBytes),
  changedRanges: fc.array(fc.record({ offset: fc.nat(sizeBytes), bytes: fc.nat(40) }).map(({ offset, bytes }) => ({ offset, bytes: Math.min(bytes, sizeBytes - offset) }))),
  generation: fc.nat(1_000),
}));

test('the regions are the grid, whatever is known', () => {
  fc.assert(fc.property(inputArbitrary, fc.option(sizeArbitrary, { nil: undefined }), (input, parentBytes) => {
    const { regions } = planRegions({ ...input, regionBytes, parentBytes });
    let end = 0;
    for (const [index, region] of regions.entries()) {
      expect([region.index, region.offset]).toEqual([index, end]);
      expect(region.bytes === regionBytes || index === regions.length - 1).toBe(true);
      end += region.bytes;
    }
    expect(end).toBe(input.sizeBytes);
  }));
});

test('a region is reused only when no range touches it; every other one is read for a reason that holds', () => {
  fc.assert(fc.property(inputArbitrary, (input) => {
    const { regions, ignored } = planRegions({ ...input, regionBytes, parentBytes: input.sizeBytes });
    expect(ignored).toBeUndefined();
    for (const { offset, bytes, index, action, reason } of regions) {
      const touched = input.changedRanges.some((range) => range.bytes > 0 && range.offset < offset + bytes && range.offset + range.bytes > offset);
      const inTurn = (index + input.generation) % 32 === 0;
      expect([action, reason]).toEqual(touched ? ['read', 'changed'] : inTurn ? ['read', 'rotation'] : ['reuse', 'unchanged']);
    }
  }));
});

test('within 32 generations every region is read once, even when nothing ever changes', () => {
  const seen = new Set<number>();
  for (let generation = 7; generation < 39; generation++)
    for (const { index, action } of planRegions({ sizeBytes: 1_000, regionBytes, parentBytes: 1_000, changedRanges: [], generation }).regions) {
      if (action !== 'read') continue;
      expect(seen.has(index)).toBe(false);
      seen.add(index);
    }
  expect(seen.size).toBe(100);
});

test.each([
  [undefined, undefined, /^$/],
  [[], undefined, /no parent/],
  [[], 99, /99 bytes/],
  [[{ offset: 95, bytes: 6 }], 100, /outside/],
])('changes %j against a parent of %s bytes: everything is read, and a list that does not count is named', (changedRanges, parentBytes, ignored) => {
  const plan = planRegions({ sizeBytes: 100, regionBytes, changedRanges, parentBytes, generation: 0 });
  expect(plan.regions.every(({ action, reason }) => action === 'read' && reason === 'untracked')).toBe(true);
  expect(plan.ignored ?? '').toMatch(ignored);
});

test('a collected list gives the same plan as the list itself', async () => {
  await fc.assert(fc.asyncProperty(inputArbitrary, fc.boolean(), async (input, spoilt) => {
    const changedRanges = spoilt ? [...input.changedRanges, { offset: input.sizeBytes, bytes: 1 }] : input.changedRanges;
    const collected = await collectChangedRanges(changedRanges, input.sizeBytes, regionBytes);
    const planOf = (ranges: typeof changedRanges) => {
      const { regions, ignored } = planRegions({ ...input, regionBytes, parentBytes: input.sizeBytes, changedRanges: ranges });
      return { regions, ignored };
    };
    expect(planOf(collected)).toEqual(planOf(changedRanges));
    expect(collected.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(input.sizeBytes / regionBytes)));
  }));
});
