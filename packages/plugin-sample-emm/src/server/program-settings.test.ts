import { parseOrThrow } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { programSettingsSchema } from './program-settings.ts';

test('settings have defaults; a wrong one is named', () => {
  expect(programSettingsSchema.parse({})).toMatchObject({ port: 8_443, host: '127.0.0.1', tenantIds: ['contoso'] });
  expect(programSettingsSchema.parse({ port: '0' }).port).toBe(0);
  expect(() => parseOrThrow(programSettingsSchema, { port: '70000' }, 'settings')).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: 'port' }));
  expect(() => parseOrThrow(programSettingsSchema, { tenantIds: ['../evil'] }, 'settings')).toThrow(expect.objectContaining({ fieldPath: 'tenantIds.0' }));
});
