import { createHmac } from 'node:crypto';
import type { SecretResolver } from '../../contract/secret.ts';
import { secretRefSchema } from '../../schemas/primitives.ts';
import type { Intent } from '../../schemas/intent.ts';

/** Names of the secrets that an intent refers to, sorted. */
export function secretNamesIn(intent: Intent): readonly string[] {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const ref = secretRefSchema.safeParse(value);
    if (ref.success) names.add(ref.data.secret);
    else Object.values(value).forEach(visit);
  };
  visit(intent);
  return [...names].toSorted();
}

/** HMAC-SHA256 of each secret under the host's key: a plan notices a changed secret, and a digest gives nobody a way to guess it. */
export async function secretDigestsOf(names: readonly string[], secrets: SecretResolver, digestKey: Uint8Array, call: { readonly signal?: AbortSignal }): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of names) {
    using lease = await secrets.resolve({ secret: name }, call);
    digests[name] = createHmac('sha256', digestKey).update(`${name}\0`).update(lease.value.reveal()).digest('hex');
  }
  return digests;
}
