import type { Intent, SecretRef } from '@winre-kit/sdk';

/** The secrets an intent names. They are resolved at the start, not before. */
export function secretsOfIntent(intent: Intent): readonly SecretRef[] {
  return intent.capability === 'winre.network.configure' && 'key' in intent.profile ? [intent.profile.key] : [];
}
