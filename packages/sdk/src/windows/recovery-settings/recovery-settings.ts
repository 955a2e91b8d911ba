import { z } from 'zod';
import type { SecretValue } from '../../contract/secret.ts';
import { networkProfileSchema, type NetworkProfile } from '../../schemas/network.ts';
import { remediationPolicySchema } from '../../schemas/remediation.ts';
import { restorePolicySchema } from '../../schemas/restore.ts';

/** A network profile of a Wi-Fi kind. */
export type WifiProfile = Extract<NetworkProfile, { kind: `wifi-${string}` }>;

const wifiProfileSchema = networkProfileSchema.pipe(z.custom<WifiProfile>(isWifiProfile, 'expected a Wi-Fi profile'));

/**
 * A Wi-Fi network for WinRE. `key` is the secret that `profile.key` names, in hand; without it the network cannot be written.
 *
 * Our own rule: a profile names its key, so that profiles can be kept and shown while keys are sealed.
 */
export const winreNetworkSchema = z.strictObject({
  profile: wifiProfileSchema,
  key: z.custom<SecretValue>(isSecretValue, 'expected a SecretValue').optional(),
});
export type WinreNetwork = z.infer<typeof winreNetworkSchema>;

/**
 * What an administrator wants of Quick Machine Recovery, point-in-time restore and the Wi-Fi of WinRE, in neutral words.
 * A member that is absent is left as the device has it; `networks: []` wants none.
 *
 * Our own rule: one model for both providers, so that a group can hold devices of either; {@link compileSettings} says what one of them cannot express.
 */
export const recoverySettingsSchema = z.strictObject({
  remediation: remediationPolicySchema.optional(),
  restore: restorePolicySchema.optional(),
  /** In order of preference: a device that takes one network only gets the first it can use. */
  networks: z.array(winreNetworkSchema).max(32).optional(),
});
export type RecoverySettings = z.infer<typeof recoverySettingsSchema>;

function isWifiProfile(profile: unknown): boolean {
  return typeof profile === 'object' && profile !== null && 'kind' in profile && typeof profile.kind === 'string' && profile.kind.startsWith('wifi-');
}

/** By shape: with two copies of the SDK, `instanceof` fails. */
function isSecretValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'reveal' in value && typeof value.reveal === 'function';
}
