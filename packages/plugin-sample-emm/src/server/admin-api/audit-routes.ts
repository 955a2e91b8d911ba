import { Hono } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { cursorAfter, readPaging } from './read-query.ts';

/** The record of admin calls. */
export function auditRoutes({ audit }: AdminServices): Hono<AdminEnvironment> {
  return new Hono<AdminEnvironment>().get('/audit', requirePermission('audit.read'), (context) => {
    const { after, limit } = readPaging(context);
    const entries = audit.list(context.get('caller').tenantId, after, limit);
    return context.json({ items: entries, nextCursor: entries.length === limit ? cursorAfter(entries.at(-1)?.sequence) : undefined });
  });
}
