import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EntryAttributes } from '../format/extended-attribute.ts';
import { planAttributeChanges } from './plan-attribute-changes.ts';

const attributes = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.string({ maxLength: 2 }), { noNullPrototype: true });
const entryOf = (values: Record<string, string>, complete: boolean): EntryAttributes =>
  ({ complete, list: Object.keys(values).toSorted().map((name) => ({ name: Buffer.from(name), value: Buffer.from(values[name] ?? '') })) });

test('the changes make the present ones the stored ones, and there is none that changes nothing', () => {
  fc.assert(fc.property(attributes, attributes, fc.boolean(), fc.array(fc.constantFrom<string>('a', 'b', 'e')), (wanted, present, complete, unreadable) => {
    const names = [...new Set([...Object.keys(present), ...unreadable])];
    const readable = Object.fromEntries(Object.entries(present).filter(([name]) => !unreadable.includes(name)));
    const target: Record<string, string> = { ...Object.fromEntries(unreadable.map((name) => [name, 'unreadable'])), ...readable };
    for (const change of planAttributeChanges(entryOf(wanted, complete), { attributes: entryOf(readable, unreadable.length === 0), names: names.map((name) => Buffer.from(name)) })) {
      const name = Buffer.from(change.name).toString();
      const value = change.change === 'remove' ? undefined : Buffer.from(change.value).toString();
      expect(target[name]).not.toBe(value);
      if (value === undefined) delete target[name];
      else target[name] = value;
    }
    const left = Object.fromEntries(names.filter((name) => !(name in wanted)).map((name) => [name, readable[name] ?? 'unreadable']));
    expect(target).toEqual(complete ? wanted : { ...left, ...wanted });
  }));
});

test('an entry that knows nothing changes nothing', () => {
  expect(planAttributeChanges(undefined, { attributes: entryOf({ a: '1' }, true), names: [Buffer.from('a')] })).toEqual([]);
});
