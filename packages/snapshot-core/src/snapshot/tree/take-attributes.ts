import type { EntryAttributes } from '../../format/extended-attribute.ts';
import { readAttributes } from '../../source/read-attributes.ts';
import type { ReadAttributes } from '../../source/read-attributes.ts';
import type { TakeContext } from './take-context.ts';

/**
 * Reads the extended attributes behind `file`, a path for system calls, and reports what of them a snapshot cannot have.
 *
 * @throws system errors when there is no such name (any more)
 */
export function takeAttributes(context: Pick<TakeContext, 'attributes' | 'tally'>, file: Uint8Array, path: Uint8Array): { readonly attributes?: EntryAttributes } {
  const read = readAttributes(context.attributes, file);
  reportAttributeProblems(context, read, path);
  return read.attributes === undefined ? {} : { attributes: read.attributes };
}

/** Reports what of a file's extended attributes a snapshot cannot have. */
export function reportAttributeProblems({ tally }: Pick<TakeContext, 'tally'>, { problems, isOutOfReach }: ReadAttributes, path: Uint8Array): void {
  for (const problem of problems) tally.issues.add(path, isOutOfReach ? 'attributes-unread' : 'metadata', problem);
}
