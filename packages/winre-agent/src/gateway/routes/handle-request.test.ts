import { utf8 } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import { openBench, tenantId, nonce } from '../../../test/gateway-bench.ts';
import { askChallenge, enrol, helloStatement, newSigner, openChannel, poll, pollBody, post, send, signNext } from '../../../test/test-device.ts';
import { createMemoryGatewayStore } from '../memory-gateway-store.ts';
import { generateSealingKey, protocolLimits, protocolRoutes, signHello } from '../../protocol/index.ts';

const unauthenticated = (reason: string): object => ({ code: 'unauthenticated', facts: { reason } });

describe('hello', () => {
  it('opens a channel over a fresh challenge, and a challenge serves once', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const challenge = await askChallenge(bench, device.enrolment.deviceId);
    const { hello } = await openChannel(bench, device, { challenge });
    expect(hello).toMatchObject({ heartbeatEveryMs: 15_000, trustUpdates: [] });
    await expect(openChannel(bench, device, { challenge })).rejects.toMatchObject(unauthenticated('challenge'));
    await expect(openChannel(bench, device, { challenge: nonce() })).rejects.toMatchObject(unauthenticated('challenge'));
  });

  it('refuses a challenge that is old, another device’s, or from before a restart', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const old = await askChallenge(bench, device.enrolment.deviceId);
    await bench.clock.advance(protocolLimits.challengeLifetimeMs);
    await expect(openChannel(bench, device, { challenge: old })).rejects.toMatchObject(unauthenticated('challenge'));
    const others = await askChallenge(bench, 'someone-else');
    await expect(openChannel(bench, device, { challenge: others })).rejects.toMatchObject(unauthenticated('challenge'));
    const before = await askChallenge(bench, device.enrolment.deviceId);
    await bench.restart();
    await expect(openChannel(bench, device, { challenge: before })).rejects.toMatchObject(unauthenticated('challenge'));
  });

  it('refuses another key, an altered statement and an unknown device alike', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await expect(openChannel(bench, { ...device, signer: await newSigner() })).rejects.toMatchObject(unauthenticated('bad-signature'));
    const ghost = await askChallenge(bench, 'ghost');
    await expect(openChannel(bench, device, { deviceId: 'ghost', challenge: ghost })).rejects.toMatchObject(unauthenticated('bad-signature'));
    const signed = await signHello(await helloStatement(bench, device, { sealingPublicKey: (await generateSealingKey()).publicKey }), device.signer);
    await expect(post(bench, protocolRoutes.hello, { ...signed, statement: { ...signed.statement, lastCommandSequence: 9 } })).rejects.toMatchObject(unauthenticated('bad-signature'));
  });

  it('refuses another enrolment and a revoked device', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    await expect(openChannel(bench, device, { enrolmentEpoch: 'another' })).rejects.toMatchObject({ code: 'enrolment-changed' });
    await bench.gateway().revoke(tenantId, { deviceIds: [device.enrolment.deviceId] });
    await expect(openChannel(bench, device)).rejects.toMatchObject(unauthenticated('revoked'));
  });
});

describe('requests of a channel', () => {
  it('are taken once each, in nearly any order', async () => {
    const bench = await openBench();
    const channel = await openChannel(bench, await enrol(bench));
    const first = await signNext(channel, protocolRoutes.logs, { chunks: [] });
    const second = await signNext(channel, protocolRoutes.logs, { chunks: [] });
    await post(bench, second.path, second.body, second.headers);
    await post(bench, first.path, first.body, first.headers);
    for (const again of [first, second]) await expect(post(bench, again.path, again.body, again.headers)).rejects.toMatchObject(unauthenticated('replayed'));
    const late = await signNext(channel, protocolRoutes.logs, { chunks: [] });
    channel.sequence += protocolLimits.sequenceWindow;
    await send(bench, channel, protocolRoutes.logs, { chunks: [] });
    await expect(post(bench, late.path, late.body, late.headers)).rejects.toMatchObject(unauthenticated('replayed'));
  });

  it('are refused when altered, from another key, on an unknown channel or without headers, and use no sequence up', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const signed = await signNext(channel, protocolRoutes.logs, { chunks: [] });
    await expect(post(bench, signed.path, utf8('{"chunks": []}'), signed.headers)).rejects.toMatchObject(unauthenticated('bad-signature'));
    await expect(post(bench, protocolRoutes.escrow, signed.body, signed.headers)).rejects.toMatchObject(unauthenticated('bad-signature'));
    await expect(post(bench, signed.path, signed.body, { ...signed.headers, 'winre-sequence': '50' })).rejects.toMatchObject(unauthenticated('bad-signature'));
    await expect(post(bench, signed.path, signed.body, { ...signed.headers, 'winre-channel': 'x' })).rejects.toMatchObject(unauthenticated('unknown-channel'));
    await expect(post(bench, signed.path, signed.body)).rejects.toMatchObject(unauthenticated('bad-headers'));
    await expect(post(bench, signed.path, signed.body, signed.headers)).resolves.toMatchObject({ acknowledgedSequence: 0 });
    const other = await enrol(bench, { hardwareId: 'hardware-2' });
    await expect(poll(bench, { ...channel, device: other, sequence: 10 })).rejects.toMatchObject(unauthenticated('bad-signature'));
  });

  it('end with the next hello and with a restart', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const first = await openChannel(bench, device);
    const second = await openChannel(bench, device);
    await expect(poll(bench, first)).rejects.toMatchObject(unauthenticated('unknown-channel'));
    await poll(bench, second);
    await bench.restart();
    await expect(poll(bench, second)).rejects.toMatchObject(unauthenticated('unknown-channel'));
  });

  it('are refused from the moment a device is revoked, also to a poll that waits', async () => {
    const bench = await openBench();
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const waiting = poll(bench, channel, { waitMs: 30_000 });
    waiting.catch(() => undefined);
    await bench.clock.whenSleeping(2);
    await bench.gateway().revoke(tenantId, { deviceIds: [device.enrolment.deviceId] });
    await expect(waiting).rejects.toMatchObject(unauthenticated('revoked'));
    await expect(send(bench, channel, protocolRoutes.logs, { chunks: [] })).rejects.toMatchObject(unauthenticated('revoked'));
  });

  it('with a wrong field are answered with its name, and change nothing', async () => {
    const store = createMemoryGatewayStore();
    const bench = await openBench({ store });
    const device = await enrol(bench);
    const channel = await openChannel(bench, device);
    const before = [await store.list('devices'), await store.list('sessions'), await store.list('operations')];
    const wrong: [string, unknown, string][] = [
      [protocolRoutes.poll, { ...pollBody(channel), waitMs: 'long' }, 'waitMs'],
      [protocolRoutes.report, { reports: [] }, 'reports'],
      [protocolRoutes.reply, { commandId: 'c' }, ''],
      [protocolRoutes.logs, { chunks: [{ sequence: 1, stream: 'agent', category: 'agent-log', text: 'ü', bytes: 1, truncated: false }] }, 'chunks.0.bytes'],
      [`${protocolRoutes.artifact}?category=diagnostics&name=..`, new Uint8Array(1), 'name'],
      [protocolRoutes.escrow, { volumeId: 'v', keyId: 'k', escrowKeyId: 'e', sealedRecoveryKey: 'clear text' }, 'sealedRecoveryKey'],
      [protocolRoutes.end, { reason: 'bored' }, 'reason'],
      [protocolRoutes.logs, utf8('not json'), 'body'],
    ];
    for (const [path, body, fieldPath] of wrong) await expect(send(bench, channel, path, body), path).rejects.toMatchObject({ code: 'invalid-argument', fieldPath });
    expect([await store.list('devices'), await store.list('sessions'), await store.list('operations')]).toEqual(before);
    await expect(poll(bench, channel)).resolves.toMatchObject({ commands: [] });
  });

  it('are read up to their limit only', async () => {
    const bench = await openBench();
    const channel = await openChannel(bench, await enrol(bench));
    const huge = new Uint8Array(protocolLimits.maxBodyBytes + 1);
    await expect(send(bench, channel, protocolRoutes.logs, huge)).rejects.toMatchObject({ code: 'resource-exhausted', vendor: { status: 413 } });
    await expect(post(bench, protocolRoutes.enrol, new Uint8Array(protocolLimits.maxOpenBodyBytes + 1))).rejects.toMatchObject({ code: 'resource-exhausted' });
  });

  it('to other paths and with other methods are not known', async () => {
    const bench = await openBench();
    await expect(post(bench, '/winre/v1/nothing', {})).rejects.toMatchObject({ code: 'unsupported' });
    const got = await bench.gateway().fetch(new Request(`https://gateway.example${protocolRoutes.enrol}`));
    expect(got.status).toBe(404);
  });

  it('that hit a defect are answered without a word about it', async () => {
    const store = createMemoryGatewayStore();
    const bench = await openBench({ store });
    const channel = await openChannel(bench, await enrol(bench));
    store.commit = () => Promise.reject(new TypeError('disk /var/secret is full'));
    const signed = await signNext(channel, protocolRoutes.poll, pollBody(channel, { lastCommandSequence: 3 }));
    const response = await bench.gateway().fetch(new Request(`https://gateway.example${signed.path}`, { method: 'POST', body: new Uint8Array(signed.body), headers: signed.headers }));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/secret|TypeError|\.ts/);
    expect(bench.logged).toContainEqual({ level: 'error', message: 'a request of an agent failed' });
  });
});
