import { expect, test } from 'vitest';
import { pathInSnapshot } from './path-in-snapshot.ts';

test.each([
  ['documents/taxes', 'documents/taxes'],
  ['./documents', 'documents'],
  ['.', ''],
  ['.hidden', '.hidden'],
  ['../ada', '../ada'],
  ['/home/ada/documents', 'documents'],
  ['/home/ada', ''],
  ['/home/adamant/documents', '/home/adamant/documents'],
  ['/home/ada/../eve', '/home/ada/../eve'],
])('%s is %j in a snapshot of /home/ada', (path, expected) => {
  expect(pathInSnapshot(path, { source: { kind: 'tree', description: '/home/ada' } })).toBe(expected);
});
