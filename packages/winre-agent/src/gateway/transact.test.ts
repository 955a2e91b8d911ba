import { describe, expect, it } from 'vitest';
import type { EnrolmentTokenRecord } from './gateway-records.ts';
import { createMemoryGatewayStore } from './memory-gateway-store.ts';
import { transact } from './transact.ts';

const token: EnrolmentTokenRecord = { revision: 1, tokenSha256: 'a', tenantId: 't', expiresAt: '' };

describe('transact', () => {
  it('begins anew when somebody else wrote in between', async () => {
    const store = createMemoryGatewayStore();
    await store.commit([{ table: 'tokens', record: token }]);
    let attempts = 0;
    const revision = await transact(store, async () => {
      const read = (await store.read('tokens', 'a')) ?? token;
      attempts += 1;
      if (attempts === 1) await store.commit([{ table: 'tokens', record: { ...read, revision: 2, tenantId: 'other' } }]);
      return { writes: [{ table: 'tokens', record: { ...read, revision: read.revision + 1 } }], result: read.revision + 1 };
    });
    expect([attempts, revision]).toEqual([2, 3]);
    await expect(store.read('tokens', 'a')).resolves.toMatchObject({ revision: 3, tenantId: 'other' });
  });

  it('gives up when the records never stand still', async () => {
    const store = createMemoryGatewayStore();
    await expect(transact(store, () => Promise.resolve({ writes: [{ table: 'tokens', record: { ...token, revision: 9 } }], result: 0 }))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
