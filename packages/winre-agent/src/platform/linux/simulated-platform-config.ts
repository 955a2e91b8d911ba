import { networkKindSchema, ssidSchema } from '@winre-kit/sdk';
import { z } from 'zod';

/** A network that exists around the simulated device. Joining any other one leaves the device without a connection. */
export const surroundingNetworkSchema = z.strictObject({
  kind: networkKindSchema,
  ssid: ssidSchema.optional(),
  /** SHA-256 of the right key, so that the configuration holds no secret. */
  keySha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits').optional(),
});
export type SurroundingNetwork = z.infer<typeof surroundingNetworkSchema>;

/** A machine made of folders, for Linux and for trying things out: see {@link createSimulatedPlatform}. */
export const simulatedPlatformConfigSchema = z.strictObject({
  kind: z.literal('simulated'),
  /** What a firmware and a TPM would keep: boots, lock state, the joined network. Outside the volume. */
  machineFolder: z.string().min(1),
  hardwareId: z.string().min(1),
  serialNumber: z.string().min(1),
  displayName: z.string().min(1),
  osBuild: z.string().min(1).default('26200.8737'),
  winreVersion: z.string().min(1).default('10.0.26100.8737'),
  volume: z.strictObject({
    volumeId: z.string().min(1).default('os'),
    folder: z.string().min(1),
    /** Locked in recovery until a recovery key opens it, as BitLocker does. */
    encrypted: z.boolean().default(false),
  }),
  networks: z.array(surroundingNetworkSchema).min(1).default([{ kind: 'ethernet-dhcp' }]),
  readiness: z
    .strictObject({
      onAcPower: z.boolean().default(true),
      batteryPercent: z.int().min(0).max(100).default(100),
      winreEnabled: z.boolean().default(true),
      driversAvailable: z.boolean().default(true),
    })
    .prefault({}),
  /** Where a witness counts destructive effects: one POST per execution, before its first write. Loopback only. */
  effectWitnessUrl: z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost|\[::1\])$/ }).optional(),
});
export type SimulatedPlatformConfig = z.infer<typeof simulatedPlatformConfigSchema>;
