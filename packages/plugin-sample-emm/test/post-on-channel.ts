import { createStatementSigner, utf8, type HttpClient, type SigningKeyPair } from '@winre-kit/sdk';
import { signChannelRequest } from '@winre-kit/winre-agent/protocol';

/** What a device needs to speak on a channel that a fake device has opened. */
export interface OpenChannel {
  readonly fetch: HttpClient['fetch'];
  readonly url: string;
  readonly deviceKey: SigningKeyPair;
  readonly channelId: string;
}

/** One signed request beside those of the fake device; `sequence` must be one that it has not used. */
export async function postOnChannel({ fetch, url, deviceKey, channelId }: OpenChannel, sequence: number, path: string, body: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  const bytes = body instanceof Uint8Array ? new Uint8Array(body) : utf8(JSON.stringify(body));
  const headers = await signChannelRequest(channelId, sequence, { method: 'POST', path, body: bytes }, createStatementSigner(deviceKey));
  const response = await fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: bytes });
  return { status: response.status, body: await response.json() };
}
