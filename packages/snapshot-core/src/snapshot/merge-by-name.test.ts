import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeByName } from './merge-by-name.ts';

const listing = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 }), { selector: (name) => Buffer.from(name).toString('hex') })
  .map((names) => names.toSorted((left, right) => Buffer.compare(left, right)).map((name) => ({ name })));

test('every name comes once, in order, with both sides where both have it', async () => {
  await fc.assert(fc.asyncProperty(listing, listing, async (left, right) => {
    const seen: string[] = [];
    for await (const pair of mergeByName(left, right)) {
      const names = [pair.left, pair.right].flatMap((entry) => (entry === undefined ? [] : [Buffer.from(entry.name).toString('hex')]));
      expect(new Set(names).size).toBe(1);
      seen.push(`${names[0]} ${pair.left !== undefined} ${pair.right !== undefined}`);
    }
    const hex = (entries: typeof left) => new Set(entries.map(({ name }) => Buffer.from(name).toString('hex')));
    const [lefts, rights] = [hex(left), hex(right)];
    expect(seen).toEqual([...new Set([...lefts, ...rights])].toSorted((one, other) => Buffer.compare(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'))).map((name) => `${name} ${lefts.has(name)} ${rights.has(name)}`));
  }));
});

test('ending early closes both listings', async () => {
  let open = 2;
  async function* names(): AsyncGenerator<{ name: Uint8Array }> {
    try {
      for (let at = 0; at < 9; at++) yield { name: new Uint8Array([at]) };
    } finally {
      open -= 1;
    }
  }
  for await (const pair of mergeByName(names(), names())) {
    expect(pair.left).toBeDefined();
    break;
  }
  expect(open).toBe(0);
});
