import { instantAt, RecoveryError } from '@winre-kit/sdk';
import { Hono } from 'hono';
import { z } from 'zod';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { pathPart } from './read-query.ts';
import { roles } from './roles.table.ts';

const holderSchema = z.strictObject({ principal: z.string().min(1).max(200), role: z.enum(roles) });

/** Tokens of the admin API, for the caller's own tenant. */
export function tokenRoutes({ tokens, clock }: AdminServices): Hono<AdminEnvironment> {
  const mayManage = requirePermission('tokens.write');
  return new Hono<AdminEnvironment>()
    .post('/api-tokens', mayManage, async (context) => {
      const holder = await readBody(context, holderSchema, 'token holder');
      const token = tokens.mint();
      const { tokenId } = tokens.add(token, { tenantId: context.get('caller').tenantId, ...holder }, instantAt(clock.now()));
      return context.json({ tokenId, token }, 201);
    })
    .delete('/api-tokens/:tokenId', mayManage, (context) => {
      const tokenId = pathPart(context, 'tokenId');
      if (!tokens.revoke(context.get('caller').tenantId, tokenId, instantAt(clock.now()))) throw new RecoveryError('not-found', `no valid token ${tokenId}`);
      return context.json({ tokenId });
    });
}
