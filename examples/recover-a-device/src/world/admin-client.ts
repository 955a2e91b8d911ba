import { RecoveryError, type HttpClient } from '@winre-kit/sdk';

/** Calls of the sample EMM's admin API that set a tenant and its groups up. Everything that is done to a broken device goes through the plug-in. */
export interface AdminClient {
  readonly call: <Reply = Record<string, unknown>>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object) => Promise<Reply>;
}

export function createAdminClient({ baseUrl, token, http }: { readonly baseUrl: string; readonly token: string; readonly http: HttpClient }): AdminClient {
  return {
    async call<Reply>(method: string, path: string, body?: object): Promise<Reply> {
      const response = await http.fetch(`${baseUrl}/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const reply = (await response.json()) as Record<string, unknown>;
      if (!response.ok) throw new RecoveryError('unavailable', `${method} ${path}: ${response.status} ${JSON.stringify(reply['error'] ?? reply)}`);
      return reply as Reply;
    },
  };
}
