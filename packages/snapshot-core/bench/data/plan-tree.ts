import { createRandom } from './create-random.ts';
import type { Random } from './create-random.ts';
import type { ContentKind } from './fill-content.ts';

/** One file of the made-up tree. */
export interface PlannedFile {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly kind: ContentKind;
  /** What the content follows from, with the seed: files with the same ordinal are copies of each other. */
  readonly ordinal: number;
}

const filesPerFolder = 24;
const maxFileBytes = 256 * 1024;
/** How many of a hundred files have 2^7, 2^8, … 2^17 bytes and up to twice as many: 10.5 KiB on average. */
const sizeShares = [3, 7, 9.1, 15, 20, 18, 14, 7.6, 3.4, 2.4, 0.5] as const;
const smallestExponent = 7;

/** Plans `count` small files of at most 256 KiB, one in eight a copy of an earlier one, in folders of about two dozen. Pure. */
export function planTree(seed: number, count: number): PlannedFile[] {
  const random = createRandom(seed, 0x747265);
  const folders = planFolders(random, Math.max(1, Math.round(count / filesPerFolder)));
  const files: PlannedFile[] = [];
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const folder = folders[random.below(folders.length)] ?? '';
    const path = `${folder}/file-${ordinal.toString(36).padStart(4, '0')}`;
    const copied = ordinal > 0 && random.below(8) === 0 ? files[random.below(ordinal)] : undefined;
    if (copied !== undefined) files.push({ ...copied, path: `${path}.copy` });
    else files.push(planFile(random, path, ordinal));
  }
  return files;
}

/** A new file with a size and a kind of its own. */
export function planFile(random: Random, path: string, ordinal: number): PlannedFile {
  const share = random.below(100);
  const kind: ContentKind = share < 70 ? 'text' : share < 90 ? 'binary' : 'incompressible';
  const extension = { text: 'txt', binary: 'bin', incompressible: 'dat', zero: 'zero' }[kind];
  return { path: `${path}.${extension}`, bytes: drawBytes(random), kind, ordinal };
}

function drawBytes(random: Random): number {
  let left = random.below(1000) / 10;
  const step = sizeShares.findIndex((share) => (left -= share) < 0);
  const base = 2 ** (smallestExponent + (step < 0 ? sizeShares.length - 1 : step));
  return Math.min(base + random.below(base), maxFileBytes);
}

/** Paths of folders, each below an earlier one or at the top; at most six deep. */
function planFolders(random: Random, count: number): string[] {
  const folders: string[] = [];
  for (let folder = 0; folder < count; folder += 1) {
    const parent = folder < 8 ? undefined : folders[random.below(folder)];
    const name = `folder-${folder.toString(36)}`;
    folders.push(parent === undefined || parent.split('/').length > 5 ? name : `${parent}/${name}`);
  }
  return folders;
}
