import { expect, test } from 'vitest';
import { unknownMembersOf } from './unknown-members.ts';

test('dropped members and unknown words are found at any depth, and nothing else', () => {
  const reply = { id: '1', colour: 'blue', state: 'asleep', items: [{ kind: 'new', size: 1 }, { kind: 'unknown', size: 2, more: true }], gone: undefined, bytes: new Uint8Array(2) };
  const parsed = { id: '1', state: 'unknown', items: [{ kind: 'unknown', size: 1 }, { kind: 'unknown', size: 2 }], bytes: reply.bytes };
  expect(unknownMembersOf(reply, parsed)).toEqual({ colour: 'blue', state: 'asleep', 'items.0.kind': 'new', 'items.1.more': true });
  expect(unknownMembersOf(parsed, parsed)).toEqual({});
  expect(unknownMembersOf('text', undefined)).toEqual({});
});
