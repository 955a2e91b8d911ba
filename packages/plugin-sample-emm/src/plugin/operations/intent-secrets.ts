import { RecoveryError, type Intent, type SecretRef } from '@winre-kit/sdk';
import type { SampleEmmConfig } from '../sample-emm-config.ts';

/**
 * The secrets an intent names. They are resolved at the start, not before.
 *
 * The host lends this plug-in its own token too; whoever plans a network must not be able to have that sent to a device.
 *
 * @throws {RecoveryError} `permission-denied` for a secret that is not among the network keys of the configuration
 */
export function secretsOfIntent(intent: Intent, { networkKeys }: SampleEmmConfig): readonly SecretRef[] {
  if (intent.capability !== 'winre.network.configure' || !('key' in intent.profile)) return [];
  const { key } = intent.profile;
  if (!networkKeys.some(({ secret }) => secret === key.secret)) {
    throw new RecoveryError('permission-denied', `secret ${key.secret} is no network key: add it to networkKeys in the configuration if profiles may name it`, { fieldPath: 'profile.key.secret' });
  }
  return [key];
}
