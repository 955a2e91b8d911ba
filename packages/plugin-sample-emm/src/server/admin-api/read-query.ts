import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import type { Context } from 'hono';
import { z } from 'zod';

const pagingSchema = z.object({
  pageSize: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().regex(/^p[1-9][0-9]{0,14}$/, 'expected a cursor from the page before').optional(),
});

/** Where a page begins and how long it is. @throws {RecoveryError} `invalid-argument` for a size or cursor that makes no sense */
export function readPaging(context: Context): { readonly after: number; readonly limit: number } {
  const { pageSize, cursor } = parseOrThrow(pagingSchema, context.req.query(), 'query');
  return { after: cursor ? Number(cursor.slice(1)) : 0, limit: pageSize };
}

/** The cursor behind a position in the store. */
export function cursorAfter(position: number | undefined): string | undefined {
  return position === undefined ? undefined : `p${position}`;
}

/** A part of the path. @throws {RecoveryError} `invalid-argument` when it is missing */
export function pathPart(context: Context, name: string): string {
  const value = context.req.param(name);
  if (!value) throw new RecoveryError('invalid-argument', `path: ${name}: expected a value`, { fieldPath: name });
  return value;
}
