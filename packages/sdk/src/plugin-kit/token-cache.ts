import type { Clock } from '../contract/clock.ts';
import type { SecretLease, SecretResolver, SecretValue } from '../contract/secret.ts';
import { RecoveryError } from '../errors/recovery-error.ts';
import type { SecretRef } from '../schemas/primitives.ts';

/** Holds one token for many calls. */
export interface TokenCache extends Disposable {
  /**
   * Calls `use` with the token. When that throws `unauthenticated`, the token is renewed once and `use` is called once more; calls that fail
   * together share the renewal. The second refusal is the caller's.
   */
  withToken<Value>(use: (token: SecretValue) => Promise<Value>, call: { readonly signal: AbortSignal }): Promise<Value>;
}

/** A token behind a secret reference, resolved at first use, renewed when it has expired or the vendor refuses it. */
export function createTokenCache(services: { readonly secrets: SecretResolver; readonly clock: Clock }, ref: SecretRef): TokenCache {
  let current: Promise<SecretLease> | undefined;

  /** Replaces `stale` unless somebody has done so already. */
  const renew = (stale: Promise<SecretLease>, call: { readonly signal: AbortSignal }): Promise<SecretLease> => {
    if (current !== stale && current !== undefined) return current;
    return remember(async () => {
      const lease = await stale;
      const fresh = await lease.renew(call);
      lease[Symbol.dispose]();
      return fresh;
    });
  };
  const remember = (load: () => Promise<SecretLease>): Promise<SecretLease> => {
    const loading = load();
    current = loading;
    // A failure is told to those who wait for it and forgotten, so that the next call asks again.
    loading.catch(() => {
      if (current === loading) current = undefined;
    });
    return loading;
  };
  const hasExpired = (lease: SecretLease): boolean => lease.expiresAt !== undefined && Date.parse(lease.expiresAt) <= services.clock.now();

  return {
    async withToken(use, call) {
      let held = current ?? remember(() => services.secrets.resolve(ref, call));
      let mayRenew = true;
      if (hasExpired(await held)) {
        held = renew(held, call);
        mayRenew = false;
      }
      try {
        return await use((await held).value);
      } catch (error) {
        if (!mayRenew || !RecoveryError.isInstance(error) || error.code !== 'unauthenticated') throw error;
        call.signal.throwIfAborted();
        return await use((await renew(held, call)).value);
      }
    },
    [Symbol.dispose]() {
      const held = current;
      current = undefined;
      held?.then((lease) => lease[Symbol.dispose](), () => undefined);
    },
  };
}
