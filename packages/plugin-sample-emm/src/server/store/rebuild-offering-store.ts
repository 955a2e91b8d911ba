import type { DatabaseSync } from 'node:sqlite';
import { rebuildOfferingSchema, type RebuildOffering } from '@winre-kit/sdk';
import { z } from 'zod';

/** What a tenant offers for rebuilds: releases, languages and where their media come from. Replaced as a whole. */
export interface RebuildOfferingStore {
  list(tenantId: string): readonly RebuildOffering[];
  replace(tenantId: string, offerings: readonly RebuildOffering[]): void;
}

export function createRebuildOfferingStore(database: DatabaseSync): RebuildOfferingStore {
  const select = database.prepare('SELECT offerings FROM rebuild_offerings WHERE tenant_id = ?');
  const upsert = database.prepare('INSERT INTO rebuild_offerings (tenant_id, offerings) VALUES (?, ?) ON CONFLICT (tenant_id) DO UPDATE SET offerings = excluded.offerings');
  return {
    list(tenantId) {
      const row = select.get(tenantId);
      return row ? z.array(rebuildOfferingSchema).parse(JSON.parse(String(row['offerings']))) : [];
    },
    replace: (tenantId, offerings) => void upsert.run(tenantId, JSON.stringify(offerings)),
  };
}
