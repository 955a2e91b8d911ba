import { RecoveryError, type HttpClient } from '@winre-kit/sdk';

/** Calls of the sample EMM's admin API that set a tenant up. Everything after that goes through the plug-in. */
export interface AdminClient {
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export function createAdminClient({ baseUrl, token, http }: { readonly baseUrl: string; readonly token: string; readonly http: HttpClient }): AdminClient {
  return {
    async call(method, path, body) {
      const response = await http.fetch(`${baseUrl}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const reply = (await response.json()) as Record<string, unknown>;
      if (!response.ok) throw new RecoveryError('unavailable', `${method} ${path}: ${response.status} ${JSON.stringify(reply['error'] ?? reply)}`);
      return reply;
    },
  };
}
