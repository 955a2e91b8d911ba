import type { GraphRefusal } from '../protocol/graph-refusal.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { Caller } from '../state/tenant-token.ts';
import type { ScopeChoice } from '../surface/graph-row.ts';

export type CallerVerdict = { readonly kind: 'caller'; readonly caller: Caller } | { readonly kind: 'refused'; readonly refusal: GraphRefusal };

/** Who a request speaks for, by its bearer token. */
export function checkCaller(tenant: TenantState, headers: Headers, nowMs: number): CallerVerdict {
  const token = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (token === undefined) return { kind: 'refused', refusal: unauthorized('Access token is empty.') };
  const caller = tenant.tokens.get(token);
  if (!caller) return { kind: 'refused', refusal: unauthorized('Access token validation failure.') };
  if (caller.expiresAtMs <= nowMs) return { kind: 'refused', refusal: unauthorized('Lifetime validation failed, the token is expired.') };
  return { kind: 'caller', caller };
}

/** Why a caller may not, or undefined. Graph does not say which permission is missing. */
export function checkScopes(caller: Caller, choices: ScopeChoice): GraphRefusal | undefined {
  if (choices.some((needed) => needed.every((scope) => caller.scopes.includes(scope)))) return undefined;
  return { status: 403, code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' };
}

/** What an unusable token gets. */
export function unauthorized(message: string): GraphRefusal {
  return { status: 401, code: 'InvalidAuthenticationToken', message, headers: { 'www-authenticate': 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"' } };
}
