import type { ContentReference } from '../../format/tree-entry.ts';
import { isDamage } from '../is-damage.ts';
import type { ObjectPort } from '../object-port.ts';
import { maxPageEntries } from '../page-builder.ts';
import { openPage } from './parent-pages.ts';
import type { NamesToTake } from './taken-item.ts';

/** Names of one directory that one unit takes at most, if they are files. */
export const maxSliceNames = 4_096;
/** What is left is left in several parts, so that it can be done side by side. */
const parts = 8;

/**
 * Splits names for others to take, at the parent's pages where there are several: a page whose names stay together can be taken over
 * whole. Each part knows the pages in which its names may be, and is small enough to be taken without being split again at once.
 */
export async function deferNames(objects: ObjectPort, { path, directory, names, files, pages }: NamesToTake): Promise<readonly NamesToTake[]> {
  const sliceNames = Math.min(maxSliceNames, Math.max(1, Math.ceil(names.length / parts)));
  const starts = names.length > sliceNames && pages.length > 1 ? await findPageStarts(objects, names, pages) : [];
  const bounds = starts.length === 0 ? [] : [...starts, names.length];
  const slices: NamesToTake[] = [];
  for (let start = 0; start < names.length;) {
    const wanted = start + sliceNames;
    // Where many names are new the next page is far: a part that reached up to it could be as large as the whole.
    const end = bounds.find((position) => position >= wanted && position <= wanted + maxPageEntries) ?? wanted;
    slices.push({ path, directory, names: names.slice(start, end), files: files.slice(start, end), pages: pages.filter((_, page) => (starts[page] ?? 0) < end && (starts[page + 1] ?? names.length) > start) });
    start = end;
  }
  return slices;
}

/** Which of the names is the first of each page; empty when that cannot be found out. */
async function findPageStarts(objects: ObjectPort, names: readonly string[], pages: readonly ContentReference[]): Promise<number[]> {
  const starts = [0];
  try {
    for (const page of pages.slice(1)) starts.push(lowerBound(names, (await openPage(objects, page)).nameText));
    return starts;
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [];
  }
}

function lowerBound(names: readonly string[], name: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? name) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
