import { instantAt, RecoveryError, SecretValue, type SecretLease, type SecretResolver } from '@winre-kit/sdk';
import { tokenScopeOf, type GraphCloud } from './graph-clouds.table.ts';

/**
 * The part of a credential of `@azure/identity` that is used here, so that the package need not be installed. A credential speaks to the cloud's login
 * host by itself, past the host's HTTP client, and keeps its own cache; build it with the `authorityHost` of the cloud.
 */
export interface GraphTokenCredential {
  getToken(scopes: string | string[], options?: { readonly abortSignal?: AbortSignal }): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** A token is given back this long before it expires, so that it does not on its way. */
const marginMs = 120_000;

/** A credential in the form of a secret resolver, for the plug-in kit's token cache. Whatever name is asked for gives the token for Graph. */
export function tokenLeases(credential: GraphTokenCredential, cloud: Pick<GraphCloud, 'graphOrigin' | 'name'>): SecretResolver {
  const acquire = async (call: { readonly signal?: AbortSignal } = {}): Promise<SecretLease> => {
    call.signal?.throwIfAborted();
    let granted: Awaited<ReturnType<GraphTokenCredential['getToken']>>;
    try {
      granted = await credential.getToken(tokenScopeOf(cloud), call.signal ? { abortSignal: call.signal } : {});
    } catch (cause) {
      call.signal?.throwIfAborted();
      throw failureOfCredential(cause, cloud.name);
    }
    if (!granted) throw new RecoveryError('unauthenticated', `the credential gave no token for Graph (${cloud.name})`);
    return { value: new SecretValue(granted.token), expiresAt: instantAt(granted.expiresOnTimestamp - marginMs), renew: acquire, [Symbol.dispose]: () => undefined };
  };
  return { resolve: (_ref, call) => acquire(call) };
}

/** Only name and codes are taken over: the words of a login server may repeat what was sent. */
function failureOfCredential(cause: unknown, cloudName: string): RecoveryError {
  if (RecoveryError.isInstance(cause)) return cause;
  const { name, statusCode, code, errorResponse } = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    readonly name?: unknown; readonly statusCode?: unknown; readonly code?: unknown; readonly errorResponse?: { readonly error?: unknown };
  };
  const words = [name, errorResponse?.error, code].filter((word): word is string => typeof word === 'string' && /^[A-Za-z][\w-]{0,63}$/.test(word));
  const reason = `the credential got no token for Graph (${cloudName})${words.length > 0 ? `: ${[...new Set(words)].join(', ')}` : ''}`;
  const isRefused = name === 'CredentialUnavailableError' || name === 'AuthenticationRequiredError' || (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 && statusCode !== 429);
  return isRefused ? new RecoveryError('unauthenticated', reason, { retry: 'after-fix' }) : new RecoveryError('unavailable', reason);
}
