import { z } from 'zod';

export const autopilotPropertiesBody = z.strictObject({
  userPrincipalName: z.string().optional(),
  addressableUserName: z.string().optional(),
  groupTag: z.string().optional(),
  displayName: z.string().optional(),
});

export const assignUserBody = z.strictObject({ userPrincipalName: z.string(), addressableUserName: z.string() });
