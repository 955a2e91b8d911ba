import { RecoveryError, type HttpClient } from '@winre-kit/sdk';

/** One request as it left the plug-in, headers and body included, so that a test can look for what must not be in it. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `undefined` while no answer came. */
  readonly status: number | undefined;
}

export interface RecordingHttp extends HttpClient {
  readonly requests: readonly RecordedRequest[];
}

/** Wraps a fetch as the host does: refuses hosts that the manifest does not list, and records every request. */
export function createRecordingHttp(send: HttpClient['fetch'], outboundHosts?: readonly string[]): RecordingHttp {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    async fetch(url, init) {
      const target = new URL(url);
      if (outboundHosts && !outboundHosts.includes(target.host) && !outboundHosts.includes(target.hostname)) {
        throw new RecoveryError('permission-denied', `the plug-in's manifest does not list host ${target.host}`, { facts: { host: target.host } });
      }
      const body = typeof init?.body === 'string' ? init.body : init?.body instanceof Uint8Array ? Buffer.from(init.body).toString('utf8') : init?.body ? '(stream)' : '';
      const record = { method: init?.method ?? 'GET', url: target.href, headers: Object.fromEntries(new Headers(init?.headers)), body };
      const index = requests.push({ ...record, status: undefined }) - 1;
      const response = await send(url, init);
      requests[index] = { ...record, status: response.status };
      return response;
    },
  };
}
