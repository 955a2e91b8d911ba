import { instantAt, RecoveryError, SecretValue, type Clock, type SecretLease, type SecretResolver } from '@winre-kit/sdk';

/** A secret by its value, or one that expires and takes the next of `renewals` each time it is renewed (the last one stays). */
export type MockSecret = string | { readonly value: string; readonly lifetimeMs?: number; readonly renewals?: readonly string[] };

/** One use of a secret by the code under test. */
export interface SecretUse {
  readonly kind: 'resolve' | 'renew' | 'dispose';
  readonly name: string;
}

export interface MockSecrets extends SecretResolver {
  /** What was asked of the resolver and its leases, in order. */
  readonly uses: readonly SecretUse[];
  /** Leases that nobody has disposed yet. */
  readonly openLeases: number;
}

/** Secrets from a record. A lease refuses to show its value after it was disposed, so that a test notices its late use. */
export function createMockSecrets(secrets: Readonly<Record<string, MockSecret>>, clock: Clock, allowedNames?: readonly string[]): MockSecrets {
  const uses: SecretUse[] = [];
  const renewed = new Map<string, number>();
  let openLeases = 0;

  const lend = (name: string, secret: MockSecret): SecretLease => {
    const { value, lifetimeMs, renewals = [] } = typeof secret === 'string' ? { value: secret } : secret;
    const current = renewals[Math.min(renewed.get(name) ?? 0, renewals.length) - 1] ?? value;
    const secretValue = new SecretValue(current);
    let disposed = false;
    openLeases += 1;
    return {
      get value() {
        if (disposed) throw new RecoveryError('invalid-argument', `the lease of secret ${name} was disposed: resolve it again`);
        return secretValue;
      },
      expiresAt: lifetimeMs === undefined ? undefined : instantAt(clock.now() + lifetimeMs),
      async renew({ signal } = {}) {
        signal?.throwIfAborted();
        await Promise.resolve();
        uses.push({ kind: 'renew', name });
        renewed.set(name, (renewed.get(name) ?? 0) + 1);
        return lend(name, secret);
      },
      [Symbol.dispose]() {
        if (disposed) return;
        disposed = true;
        openLeases -= 1;
        uses.push({ kind: 'dispose', name });
      },
    };
  };

  return {
    async resolve(ref, { signal } = {}) {
      signal?.throwIfAborted();
      await Promise.resolve();
      uses.push({ kind: 'resolve', name: ref.secret });
      if (allowedNames && !allowedNames.includes(ref.secret)) throw new RecoveryError('permission-denied', `the plug-in's manifest does not list secret ${ref.secret}`, { facts: { secret: ref.secret } });
      const secret = Object.hasOwn(secrets, ref.secret) ? secrets[ref.secret] : undefined;
      if (secret === undefined) throw new RecoveryError('not-found', `no secret ${ref.secret}`, { facts: { secret: ref.secret } });
      return lend(ref.secret, secret);
    },
    uses,
    get openLeases() {
      return openLeases;
    },
  };
}
