import { expect, test } from 'vitest';
import { intuneConfigSchema } from './intune-config.ts';

const tenantId = '9f4d0000-1111-4222-8333-444455556666';

test('the cloud is the worldwide one unless said otherwise', () => {
  expect(intuneConfigSchema.parse({ tenantId, credential: { kind: 'credential' } })).toEqual({ tenantId, cloud: 'global', credential: { kind: 'credential' } });
  expect(intuneConfigSchema.parse({ tenantId, cloud: 'china', credential: { kind: 'token', token: { secret: 'graph' } } }).cloud).toBe('china');
});

test.each([
  { tenantId: 'contoso.onmicrosoft.com', credential: { kind: 'credential' } },
  { tenantId, cloud: 'toString', credential: { kind: 'credential' } },
  { tenantId, credential: { kind: 'token', token: 'eyJ0…' } },
  { tenantId, credential: { kind: 'credential', clientSecret: 'x' } },
  { tenantId, credential: { kind: 'credential' }, graphOrigin: 'https://evil.example' },
])('%j is refused', (config) => {
  expect(intuneConfigSchema.safeParse(config).success).toBe(false);
});
