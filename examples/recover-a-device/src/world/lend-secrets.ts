import { RecoveryError, SecretValue, type SecretLease, type SecretResolver } from '@winre-kit/sdk';

/** Secrets from a record; production takes them from a vault behind the same port. */
export function lendSecrets(values: ReadonlyMap<string, string>): SecretResolver {
  const lend = (name: string): SecretLease => {
    const value = values.get(name);
    if (value === undefined) throw new RecoveryError('not-found', `there is no secret ${name}`);
    return { value: new SecretValue(value), expiresAt: undefined, renew: async () => lend(name), [Symbol.dispose]: () => undefined };
  };
  return { resolve: async ({ secret }) => lend(secret) };
}
