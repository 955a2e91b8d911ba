import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkReference, renderReference, updateReference } from './check-reference.ts';
import { makeFixtureTree } from './fixture-tree.ts';
import { renderCodes, renderStatesPage } from './render-reference.ts';
import { renderSyncMlCodesPage } from './render-syncml-codes.ts';
import { renderWindowsNodesPage } from './render-windows-nodes.ts';

test('a code has a row with its own anchor, and a bar in a meaning does not break the table', () => {
  const section = renderCodes({ title: 'T', lead: 'L', columns: ['meaning'], codes: { 'a/b': 'this | that' }, cells: (row) => [row] });
  expect(section).toContain('| <a id="a-b"></a>`a/b` | this \\| that |');
});

test('states are listed with their followers, and terminal ones are called so', () => {
  const { text } = renderStatesPage({ planned: ['awaiting-approval', 'failed'], 'awaiting-approval': ['failed'], failed: [] });
  expect(text).toContain('| `planned` | `awaiting-approval`, `failed` |');
  expect(text).toContain('| `failed` | none: terminal |');
  expect(text).toContain('  planned --> awaiting_approval\n');
  expect(text).toContain('  failed --> [*]\n');
});

test('a node is listed with its limits, what it needs, and how sure its source is', () => {
  const { text } = renderWindowsNodesPage();
  expect(text).toContain('| `PointInTimeRestore/SetMaxDiskUsage` | int | Add Delete Get Replace | 2048–51200 megabytes; needs `EnablePointInTimeRestore` = true | 26100.8737, 26200.8737 |');
  expect(text).toMatch(/\| `doWipe` \| chr \| Exec \|.*\| \[RW-CSP\]\(https:[^)]*\/remotewipe-csp\) P \|/);
});

test('a status of SyncML is listed with what came of the command and where that is from, an alert with its name', () => {
  const { text } = renderSyncMlCodesPage();
  expect(text).toContain('| <a id="404"></a>`404` | No such node: not made yet, or not known to this build. | did not | never unchanged | yes | P |');
  expect(text).toContain('| <a id="1222"></a>`1222` | `nextMessage` |');
});

test('a missing page and a page edited by hand are reported; --update settles both', () => {
  using tree = makeFixtureTree({});
  const pages = renderReference();
  expect(checkReference(tree.root, pages).map(({ file }) => file)).toEqual(['docs/reference/error-codes.md', 'docs/reference/operation-states.md', 'docs/reference/windows-nodes.md', 'docs/reference/syncml-codes.md']);
  updateReference(tree.root, pages);
  expect(checkReference(tree.root, pages)).toEqual([]);
  writeFileSync(join(tree.root, 'docs/reference/error-codes.md'), 'by hand');
  expect(checkReference(tree.root, pages)).toHaveLength(1);
});
