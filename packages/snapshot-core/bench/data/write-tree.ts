import { closeSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fillContent } from './fill-content.ts';
import type { TreeEdits } from './plan-tree-edits.ts';
import type { PlannedFile } from './plan-tree.ts';

/** Writes planned files below `root`, which is created. */
export function writeTree(root: string, seed: number, files: readonly PlannedFile[]): void {
  const made = new Set<string>();
  for (const file of files) {
    const folder = dirname(join(root, file.path));
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    writeContent(join(root, file.path), seed, file, 0);
  }
}

/** Turns a tree of the first version into the second, in place. */
export function editTree(root: string, seed: number, edits: TreeEdits): void {
  for (const { path } of edits.removed) rmSync(join(root, path));
  for (const { file, to } of edits.renamed) renameSync(join(root, file.path), join(root, to));
  for (const { becomes, keepBytes } of edits.changed) writeContent(join(root, becomes.path), seed, becomes, keepBytes);
  writeTree(root, seed, edits.added);
}

/** Turns the second version back into the first, in place; what was never touched keeps its times. */
export function revertTree(root: string, seed: number, edits: TreeEdits): void {
  for (const { path } of edits.added) rmSync(join(root, path));
  for (const { file, to } of edits.renamed) renameSync(join(root, to), join(root, file.path));
  writeTree(root, seed, [...edits.removed, ...edits.changed.map(({ file }) => file)]);
}

/** Writes a file's content from `keepBytes` on, and cuts it to its size. */
function writeContent(path: string, seed: number, { bytes, kind, ordinal }: PlannedFile, keepBytes: number): void {
  const content = new Uint8Array(Math.ceil(bytes / 4) * 4).subarray(0, bytes);
  fillContent(content, kind, seed, ordinal);
  const file = openSync(path, keepBytes > 0 ? 'r+' : 'w');
  try {
    writeSync(file, content, keepBytes, Math.max(0, bytes - keepBytes), keepBytes);
    ftruncateSync(file, bytes);
  } finally {
    closeSync(file);
  }
}
