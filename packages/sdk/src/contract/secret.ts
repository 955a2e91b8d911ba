import type { SecretRef } from '../schemas/primitives.ts';

const redacted = '«secret»';

/** A secret in hand. Printing, serialising or inspecting it shows `«secret»`; only `reveal()` gives the value, at the place that sends it. */
export class SecretValue {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Do not keep it in a variable that outlives the request it is for. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

/** A secret lent for a while. Dispose it after use; `renew` asks the resolver again, for tokens that expire. */
export interface SecretLease extends Disposable {
  readonly value: SecretValue;
  /** ISO time after which the value must not be used, when the resolver knows one. */
  readonly expiresAt: string | undefined;
  renew(call?: { readonly signal?: AbortSignal }): Promise<SecretLease>;
}

/** Where secrets come from: a vault, an environment, a prompt. Supplied by whoever runs the host. */
export interface SecretResolver {
  /** @throws {RecoveryError} `not-found` when there is no such secret, `permission-denied` when this plug-in may not have it */
  resolve(ref: SecretRef, call?: { readonly signal?: AbortSignal }): Promise<SecretLease>;
}
