import type { http as mswHttp, HttpHandler } from 'msw';
import type { ScriptedTenant } from './scripted-tenant.ts';

/**
 * Handlers for msw 3 that answer from a tenant: `setupServer(...tenantHandlers(tenant, http))`. A cut connection is a network error to the client.
 *
 * `http` is msw's own, lent so that this entry loads where msw is not installed.
 */
export function tenantHandlers(tenant: ScriptedTenant, http: Pick<typeof mswHttp, 'all'>, { baseUrl = 'https://graph.microsoft.com' }: { readonly baseUrl?: string } = {}): HttpHandler[] {
  return [http.all(`${baseUrl}/*`, ({ request }) => tenant.answer(request))];
}
