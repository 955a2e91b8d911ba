import { isAbsolute, relative, sep } from 'node:path';
import type { SnapshotRecord } from '../../index.ts';

/**
 * A path as people give it (`./documents`, or where it lay when the snapshot was taken), as the snapshot has it: relative.
 * What lies elsewhere stays as it is, for the library to refuse. Pure.
 */
export function pathInSnapshot(path: string, { source }: Pick<SnapshotRecord, 'source'>): string {
  if (!isAbsolute(path)) return path.replace(/^(?:\.\/+)+|^\.$/, '');
  const inside = relative(source.description, path);
  return isAbsolute(inside) || inside.split(sep).includes('..') ? path : inside.replaceAll(sep, '/');
}
