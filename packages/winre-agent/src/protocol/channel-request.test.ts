import { utf8 } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { newSigner } from '../../test/test-device.ts';
import { channelHeaders, readChannelClaim, signChannelRequest, verifyChannelRequest, type ChannelRequestTarget } from './channel-request.ts';

const target: ChannelRequestTarget = { method: 'POST', path: '/winre/v1/channel/artifact?category=diagnostics&name=a', body: utf8('{}') };

describe('channel requests', () => {
  it('are the device’s when it signed channel, sequence, method, path with query, and body', async () => {
    const signer = await newSigner();
    const claim = readChannelClaim(new Headers(await signChannelRequest('c', 7, target, signer)));
    expect(claim).toMatchObject({ channelId: 'c', sequence: 7 });
    await expect(verifyChannelRequest(claim, target, signer.publicKey)).resolves.toBeUndefined();
    const refused = { code: 'unauthenticated', facts: { reason: 'bad-signature' } };
    const altered: [typeof claim, ChannelRequestTarget][] = [
      [{ ...claim, channelId: 'd' }, target],
      [{ ...claim, sequence: 8 }, target],
      [claim, { ...target, method: 'PUT' }],
      [claim, { ...target, path: '/winre/v1/channel/artifact?category=memory-dump&name=a' }],
      [claim, { ...target, body: utf8('{ }') }],
    ];
    for (const [otherClaim, otherTarget] of altered) await expect(verifyChannelRequest(otherClaim, otherTarget, signer.publicKey)).rejects.toMatchObject(refused);
    await expect(verifyChannelRequest(claim, target, (await newSigner()).publicKey)).rejects.toMatchObject(refused);
  });

  it.each(['0', '-1', '1.5', '01', 'x', '9'.repeat(16), ''])('refuse the sequence %j', (sequence) => {
    const headers = new Headers({ [channelHeaders.channel]: 'c', [channelHeaders.sequence]: sequence, [channelHeaders.signature]: 'AAAA' });
    expect(() => readChannelClaim(headers)).toThrow(expect.objectContaining({ code: 'unauthenticated', facts: { reason: 'bad-headers' } }) as Error);
  });

  it('without headers are refused', () => {
    expect(() => readChannelClaim(new Headers())).toThrow(expect.objectContaining({ code: 'unauthenticated' }) as Error);
  });
});
