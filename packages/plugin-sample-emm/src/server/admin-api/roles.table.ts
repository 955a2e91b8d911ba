/** Every permission an admin call can need. */
export const permissions = [
  'devices.read', 'sessions.read', 'operations.read', 'operations.start', 'operations.start-destructive', 'operations.cancel', 'policies.read', 'policies.write',
  'keys.read', 'artifacts.read', 'offerings.read', 'offerings.write', 'trust.read', 'trust.update', 'trust.write', 'revocations.write', 'enrolment.write',
  'consent.read', 'consent.write', 'tokens.write', 'audit.read',
] as const;
export type Permission = (typeof permissions)[number];

export const roles = ['viewer', 'operator', 'approver', 'administrator'] as const;
export type Role = (typeof roles)[number];

const viewer: readonly Permission[] = ['devices.read', 'sessions.read', 'operations.read', 'policies.read', 'keys.read', 'offerings.read', 'trust.read', 'consent.read'];

/**
 * What each role may do. Being an approver here starts nothing: an approval is a signature by a registered key, checked again on the device;
 * the role only lets its holder see everything, stop things, revoke keys and hand in signed trust updates.
 */
export const rolePermissions: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  operator: new Set([...viewer, 'operations.start', 'operations.start-destructive', 'operations.cancel', 'artifacts.read']),
  approver: new Set([...viewer, 'operations.cancel', 'artifacts.read', 'audit.read', 'trust.update', 'revocations.write']),
  administrator: new Set(permissions),
};
