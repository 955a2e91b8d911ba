import { expect, test } from 'vitest';
import { permissions, rolePermissions } from './roles.table.ts';

test('a viewer changes nothing, only an administrator sets up trust, and an approver starts nothing', () => {
  const changing = permissions.filter((permission) => !permission.endsWith('.read'));
  expect(changing.filter((permission) => rolePermissions.viewer.has(permission))).toEqual([]);
  expect((['viewer', 'operator', 'approver'] as const).filter((role) => rolePermissions[role].has('trust.write') || rolePermissions[role].has('tokens.write'))).toEqual([]);
  expect([...rolePermissions.approver].filter((permission) => permission.startsWith('operations.start'))).toEqual([]);
  expect(permissions.filter((permission) => !rolePermissions.administrator.has(permission))).toEqual([]);
});
