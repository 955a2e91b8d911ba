import { z } from 'zod';

/** A Windows PC. What of it was not tried on Windows is said in the package's README. */
export const windowsPlatformConfigSchema = z.strictObject({
  kind: z.literal('windows'),
  /** Keeps the joined network across restarts. Outside the volume. */
  machineFolder: z.string().min(1),
  hardwareId: z.string().min(1),
  serialNumber: z.string().min(1),
  displayName: z.string().min(1),
  osBuild: z.string().min(1),
  winreVersion: z.string().min(1).optional(),
  volume: z.strictObject({ volumeId: z.string().min(1).default('os'), drive: z.string().regex(/^[A-Z]:$/, 'expected a drive letter with a colon').default('C:') }).prefault({}),
  /** WinRE images that hold the PowerShell component. */
  powershellInRecovery: z.boolean().default(false),
});
/** Configuration of the Windows platform. Untried on Windows. */
export type WindowsPlatformConfig = z.infer<typeof windowsPlatformConfigSchema>;
