import { expect, test } from 'vitest';
import { createApiTokenStore } from './api-token-store.ts';
import { openDatabase } from './open-database.ts';

const now = '2026-11-22T03:00:00.000Z';

test('a token finds its holder until it is revoked, and only its digest is stored', () => {
  const database = openDatabase(':memory:');
  const tokens = createApiTokenStore(database);
  const token = tokens.mint();
  const { tokenId } = tokens.add(token, { tenantId: 'contoso', principal: 'ann', role: 'operator' }, now);
  expect(tokens.find(token)).toEqual({ tokenId, tenantId: 'contoso', principal: 'ann', role: 'operator' });
  expect(JSON.stringify(database.prepare('SELECT * FROM api_tokens').all())).not.toContain(token.slice(4));
  expect(tokens.revoke('fabrikam', tokenId, now)).toBe(false);
  expect([tokens.revoke('contoso', tokenId, now), tokens.find(token), tokens.revoke('contoso', tokenId, now)]).toEqual([true, undefined, false]);
});

test('a tenant that had an administrator once gets no second first token', () => {
  const tokens = createApiTokenStore(openDatabase(':memory:'));
  expect(tokens.hasAdministrator('contoso')).toBe(false);
  const { tokenId } = tokens.add(tokens.mint(), { tenantId: 'contoso', principal: 'root', role: 'administrator' }, now);
  tokens.revoke('contoso', tokenId, now);
  expect([tokens.hasAdministrator('contoso'), tokens.hasAdministrator('fabrikam')]).toEqual([true, false]);
});
