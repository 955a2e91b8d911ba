import { createStatementSigner, generateSigningKey, instantAt, isSignedBy, planDigestOf, RecoveryError, SecretValue, toBase64, type PlanBinding, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import {
  commandSecretContext, errorReply, helloRequestSchema, logsRequestSchema, protocolRoutes, readChannelClaim, reportRequestSchema, sealSecret, signRevocations, signTime, verifyChannelRequest, verifyEnrolment,
  type Command, type HelloReply, type HelloStatement, type OperationCommand, type PollReply, type ReportRequest,
} from '@winre-kit/winre-agent/protocol';
import { beforeEach, expect, test } from 'vitest';
import type { DeviceBehaviour } from './device-behaviour.ts';
import { createFakeWinreDevice, type FakeWinreDevice } from './fake-winre-device.ts';
import { createManualClock } from './manual-clock.ts';

/** The least that answers like a gateway: it verifies what it gets, hands out what a test has queued, and keeps what it was told. */
class StubGateway {
  readonly queue: Command[] = [];
  readonly hellos: HelloStatement[] = [];
  readonly reports: ReportRequest['reports'] = [];
  readonly replies: unknown[] = [];
  readonly sequences: number[] = [];
  acknowledges = true;
  knownChannel = '';
  readonly #key: StatementSigner;
  #deviceKey = '';

  constructor(key: StatementSigner) {
    this.#key = key;
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    try {
      return Response.json(await this.#answer(request));
    } catch (error) {
      const { status, body } = errorReply(error);
      return Response.json(body, { status });
    }
  };

  async #answer(request: Request): Promise<unknown> {
    const path = new URL(request.url).pathname;
    const bytes = new Uint8Array(await request.arrayBuffer());
    const body = JSON.parse(Buffer.from(bytes).toString()) as { statement: { timeNonce: string } };
    const revocations = await signRevocations({ kind: 'winre-revocations/v1', tenantId: 'tenant-1', sequence: 0, issuedAt: instantAt(0), revokedKeyIds: [], revokedDeviceIds: [] }, this.#key);
    const common = async (): Promise<Pick<HelloReply, 'time' | 'revocations' | 'policies' | 'consent'>> => ({ time: await signTime(body.statement.timeNonce, 0, this.#key), revocations, policies: {}, consent: { categories: [] } });
    if (path === protocolRoutes.enrol) {
      const { statement } = await verifyEnrolment(body);
      this.#deviceKey = statement.devicePublicKey;
      const trusted: TrustedKey = { keyId: this.#key.keyId, principal: 'gateway', purpose: 'gateway', publicKey: this.#key.publicKey };
      return { tenantId: 'tenant-1', deviceId: 'device-1', enrolmentEpoch: `epoch-${statement.tokenKind}`, trustedKeys: [trusted], trustSequence: 0, ...(await common()) };
    }
    if (path === protocolRoutes.challenge) return { challenge: toBase64(new Uint8Array(24)), expiresAt: instantAt(60_000) };
    if (path === protocolRoutes.hello) {
      const { statement, signature } = helloRequestSchema.parse(body);
      if (!(await isSignedBy(this.#deviceKey, statement, signature))) throw new RecoveryError('unauthenticated', 'bad hello');
      this.hellos.push(statement);
      this.knownChannel = `channel-${this.hellos.length}`;
      return { channelId: this.knownChannel, sessionId: 'session-1', heartbeatEveryMs: 1_000, logWindowBytes: 1_000, lastLogSequence: 4, settingsVersion: '1', trustUpdates: [], ...(await common()) } satisfies HelloReply;
    }
    const claim = readChannelClaim(request.headers);
    if (claim.channelId !== this.knownChannel) throw new RecoveryError('unauthenticated', 'no such channel', { facts: { reason: 'unknown-channel' } });
    await verifyChannelRequest(claim, { method: 'POST', path, body: bytes }, this.#deviceKey);
    this.sequences.push(claim.sequence);
    if (path === protocolRoutes.poll) return { commands: this.queue.splice(0), logs: { acknowledgedSequence: 0, windowBytes: 1_000 } } satisfies PollReply;
    if (path === protocolRoutes.report) {
      const { reports } = reportRequestSchema.parse(body);
      this.reports.push(...reports);
      return { acknowledged: this.acknowledges ? reports.map(({ operationKey, reportSequence }) => ({ operationKey, reportSequence })) : [], refused: [] };
    }
    if (path === protocolRoutes.logs) return { acknowledgedSequence: logsRequestSchema.parse(body).chunks.at(-1)?.sequence, windowBytes: 1_000, refusedCategories: [] };
    this.replies.push(body);
    return {};
  }
}

const binding: PlanBinding = {
  kind: 'winre-plan/v1', pluginId: 'example', intent: { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device: { id: 'device-1', enrolmentEpoch: 'epoch-one-time' }, restorePointId: 'p', safetySnapshot: true },
  requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null,
};
const clock = createManualClock();
let gateway: StubGateway;
let device: FakeWinreDevice;
let behaviour: DeviceBehaviour | undefined;
let command: OperationCommand;

beforeEach(async () => {
  behaviour = undefined;
  gateway = new StubGateway(createStatementSigner(await generateSigningKey()));
  device = createFakeWinreDevice({ fetch: gateway.fetch, gatewayUrl: 'https://gateway.example', clock, hardwareId: 'hardware-1', behave: () => behaviour });
  command = { kind: 'operation', commandId: 'command-1', sequence: 1, operationKey: 'key-1', planDigest: await planDigestOf(binding), binding, approvals: [], deliverBy: instantAt(clock.now() + 60_000), sealedSecrets: {} };
  await device.enrol('one-time-token-0001');
  await device.hello();
});
const statesOf = (): string[] => gateway.reports.map(({ report }) => report.state);

test('an operation is done once and reported in order, with evidence', async () => {
  gateway.queue.push(command);
  await device.poll();
  expect(statesOf()).toEqual(['delivered', 'running', 'verifying', 'succeeded']);
  expect(gateway.reports.at(-1)?.report).toMatchObject({ percent: 100, evidence: { source: 'agent' } });
  gateway.queue.push({ ...command, sequence: 2, commandId: 'command-2' });
  await device.poll();
  expect([device.effectsOf('key-1'), device.received.length, gateway.reports.length]).toEqual([1, 2, 4]);
  expect(gateway.sequences).toEqual(gateway.sequences.toSorted((a, b) => a - b));
});

test('reports wait until they are acknowledged', async () => {
  gateway.acknowledges = false;
  gateway.queue.push(command);
  await device.poll();
  device.reboot();
  await device.hello();
  expect(gateway.hellos[1]).toMatchObject({ openOperations: [{ operationKey: 'key-1', state: 'finished' }], lastCommandSequence: 1, resumeSessionId: 'session-1' });
  gateway.acknowledges = true;
  await device.poll();
  await device.poll();
  expect(gateway.reports.length).toBe(8);
});

test('a failure carries its exit code, a refusal changes nothing', async () => {
  behaviour = { kind: 'fail', exitCode: 1, deviceCode: '0x80070005' };
  gateway.queue.push(command);
  await device.poll();
  expect(gateway.reports.at(-1)?.report).toMatchObject({ state: 'failed', exitCode: 1, deviceCode: '0x80070005' });
  behaviour = { kind: 'refuse', code: 'plan-stale' };
  gateway.queue.push({ ...command, operationKey: 'key-2', sequence: 2 });
  await device.poll();
  expect(gateway.reports.at(-1)?.report).toMatchObject({ state: 'failed', deviceCode: 'plan-stale' });
  expect([device.effectsOf('key-1'), device.effectsOf('key-2')]).toEqual([1, 0]);
});

test.each([['before-effect', 0], ['after-effect', 1]] as const)('a device silent %s says nothing until it wakes, and acts once', async (when, effectsBefore) => {
  behaviour = { kind: 'go-silent', when };
  gateway.queue.push(command);
  await device.poll();
  expect([device.state, await device.poll(), device.effectsOf('key-1'), statesOf()]).toEqual(['silent', undefined, effectsBefore, []]);
  device.wake();
  await device.poll();
  expect([device.effectsOf('key-1'), statesOf().at(-1)]).toEqual([1, 'succeeded']);
});

test('a crash before the ledger leaves no trace, a crash after acting is reported later', async () => {
  behaviour = { kind: 'crash', when: 'before-ledger' };
  gateway.queue.push(command);
  await device.poll();
  expect([device.state, device.effectsOf('key-1')]).toEqual(['down', 0]);
  await device.hello();
  expect(gateway.hellos[1]).toMatchObject({ lastCommandSequence: 0, openOperations: [] });
  expect(gateway.hellos[1]?.bootId).not.toBe(gateway.hellos[0]?.bootId);
  behaviour = { kind: 'crash', when: 'after-effect' };
  gateway.queue.push(command);
  await device.poll();
  expect(statesOf()).toEqual([]);
  await device.hello();
  await device.poll();
  expect([device.effectsOf('key-1'), statesOf().at(-1)]).toEqual([1, 'succeeded']);
});

test('a device that lost its state comes back as another generation and knows nothing', async () => {
  behaviour = { kind: 'lose-state' };
  gateway.queue.push(command);
  await device.poll();
  await device.hello();
  expect(gateway.hellos[1]).toMatchObject({ lastCommandSequence: 0, openOperations: [] });
  expect(gateway.hellos[1]?.stateGeneration).not.toBe(gateway.hellos[0]?.stateGeneration);
  expect(device.effectsOf('key-1')).toBe(1);
});

test('an operation that stays running ends when it is told to', async () => {
  behaviour = { kind: 'stay-running' };
  gateway.queue.push(command);
  await device.poll();
  expect(statesOf()).toEqual(['delivered', 'running']);
  device.finish('key-1', { kind: 'fail', exitCode: 7 });
  await device.poll();
  expect(gateway.reports.at(-1)?.report).toMatchObject({ state: 'failed', exitCode: 7 });
});

test('queries are answered, by default like a healthy device', async () => {
  device = createFakeWinreDevice({ fetch: gateway.fetch, gatewayUrl: 'https://gateway.example', clock, hardwareId: 'hardware-2', answer(query) {
    if (query.kind === 'network-status') throw new RecoveryError('unsupported', 'not here');
    return undefined;
  } });
  await device.enrol('one-time-token-0002');
  await device.hello();
  gateway.queue.push({ kind: 'query', commandId: 'q-1', query: { kind: 'restore-points' } }, { kind: 'query', commandId: 'q-2', query: { kind: 'network-status' } });
  await device.poll();
  expect(gateway.replies).toMatchObject([{ commandId: 'q-1', reply: { restorePoints: [{ state: 'intact' }] } }, { commandId: 'q-2', error: { code: 'unsupported' } }]);
});

test('a sealed secret opens with the key of this channel only', async () => {
  const context = commandSecretContext({ operationKey: 'key-1', deviceId: 'device-1', enrolmentEpoch: 'epoch-one-time', name: 'wifi-key' });
  const sealed = await sealSecret(new SecretValue('correct horse'), gateway.hellos[0]?.sealingPublicKey ?? '', context);
  const withSecret = { ...command, sealedSecrets: { 'wifi-key': sealed } };
  expect((await device.openSecret(withSecret, 'wifi-key')).reveal()).toBe('correct horse');
  await device.hello();
  await expect(device.openSecret(withSecret, 'wifi-key')).rejects.toMatchObject({ code: 'untrusted-payload' });
  await expect(device.openSecret(withSecret, 'other')).rejects.toMatchObject({ code: 'not-found' });
});

test('run keeps polling and says hello again after the gateway forgot the channel', async () => {
  const stop = new AbortController();
  const running = device.run({ signal: stop.signal });
  gateway.knownChannel = 'forgotten';
  gateway.queue.push(command);
  while (device.effectsOf('key-1') === 0) await clock.advance(0);
  stop.abort();
  await running;
  expect(gateway.hellos.length).toBe(2);
});

test('enrolling anew with a continuity token changes the epoch; logs go out; an end closes the session', async () => {
  expect((await device.enrol('continuity-token-1', 'continuity')).enrolmentEpoch).toBe('epoch-continuity');
  await device.hello();
  expect((await device.sendLog('line')).acknowledgedSequence).toBe(5);
  await device.end('booted');
  expect([device.sessionId, gateway.replies]).toEqual([undefined, [{ reason: 'booted' }]]);
  await expect(device.sendLog('too late')).rejects.toMatchObject({ code: 'session-lost' });
});
