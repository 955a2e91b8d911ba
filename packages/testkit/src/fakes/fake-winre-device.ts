import {
  createStatementSigner, generateSigningKey, instantAt, RecoveryError, toBase64, type Clock, type RecoveryAbilities, type SecretValue, type SigningKeyPair, type StatementSigner,
} from '@winre-kit/sdk';
import {
  challengeReplySchema, commandSecretContext, emptyReplySchema, enrolmentReplySchema, generateSealingKey, helloReplySchema, logsReplySchema, openSealed, pollReplySchema, protocolRoutes,
  refusalReason, reportReplySchema, signEnrolment, signHello, verifyTime,
  type Command, type EnrolmentReply, type HelloReply, type HelloStatement, type LogsReply, type OperationCommand, type PollReply, type PollRequest, type Query, type QueryReply, type SealingKeyPair,
} from '@winre-kit/winre-agent/protocol';
import type { DeviceBehaviour } from './device-behaviour.ts';
import { answerQuery } from './fake-device-answers.ts';
import { createFakeDeviceLedger } from './fake-device-ledger.ts';
import { createFakeDeviceWire } from './fake-device-wire.ts';
import { createSeededRandomBytes } from './seeded-random.ts';

/** Which gateway the device speaks to, who it is, and how it behaves. */
export interface FakeWinreDeviceSettings {
  /** A gateway's own `fetch`, a fault transport around one, or a real one. */
  readonly fetch: (request: Request) => Promise<Response>;
  readonly gatewayUrl: string;
  readonly clock: Clock;
  readonly hardwareId: string;
  readonly displayName?: string;
  readonly serialNumber?: string;
  /** Made at enrolment when not given. */
  readonly deviceKey?: SigningKeyPair;
  readonly abilities?: RecoveryAbilities;
  /** What to do with an operation; undefined means `succeed`. */
  readonly behave?: (command: OperationCommand) => DeviceBehaviour | undefined;
  /** Answers a query, or throws a `RecoveryError`; undefined means the answer of a healthy device. */
  readonly answer?: (query: Query) => QueryReply | undefined;
}

/**
 * A device that speaks the agent protocol and does nothing but count. It checks what a gateway answers (schemas, signed time), not what it orders:
 * approvals and digests are the real agent's to check.
 */
export interface FakeWinreDevice {
  /** Enrols with a one-time token, or anew with the continuity token of a rebuild. */
  enrol(token: string, tokenKind?: 'one-time' | 'continuity'): Promise<EnrolmentReply>;
  /** Opens a channel; in recovery mode (the default) that opens or resumes a session. */
  hello(how?: Partial<Pick<HelloStatement, 'mode' | 'bootReason' | 'resumeSessionId'>>): Promise<HelloReply>;
  /** One heartbeat: sends reports that wait, fetches commands, deals with them and reports. A device that is silent or down does nothing and gets `undefined`. */
  poll(call?: { readonly waitMs?: number; readonly signal?: AbortSignal }): Promise<PollReply | undefined>;
  /** Says hello, polls until the signal aborts, and says hello again when the gateway does not know the channel any more. */
  run(call: { readonly signal: AbortSignal }): Promise<void>;
  sendLog(text: string, category?: 'agent-log' | 'script-output'): Promise<LogsReply>;
  end(reason: 'booted' | 'powered-off'): Promise<void>;
  /** Ends `stay-running`: reports at the next poll. */
  finish(operationKey: string, behaviour?: Extract<DeviceBehaviour, { kind: 'succeed' | 'fail' }>): void;
  /** Ends `go-silent`. */
  wake(): void;
  /** A new boot: the channel is gone, the ledger stays. */
  reboot(): void;
  /** The state folder is gone: another generation, no ledger. */
  loseState(): void;
  /** Opens a secret of a command with the key of the present channel. */
  openSecret(command: OperationCommand, name: string): Promise<SecretValue>;
  /** The oracle: how often the device really acted for this operation. */
  effectsOf(operationKey: string): number;
  /** Every command that arrived, repeats included. */
  readonly received: readonly Command[];
  readonly enrolment: EnrolmentReply | undefined;
  readonly sessionId: string | undefined;
  readonly state: 'up' | 'silent' | 'down';
}

/** A device without a machine: speaks the agent protocol to any gateway and does what the test tells it. */
export function createFakeWinreDevice(settings: FakeWinreDeviceSettings): FakeWinreDevice {
  const { clock } = settings;
  const randomBytes = createSeededRandomBytes(settings.hardwareId);
  const nonce = (): string => toBase64(randomBytes(24));
  const ledger = createFakeDeviceLedger(clock, randomBytes);
  const effects = new Map<string, number>();
  const received: Command[] = [];
  const afterWake: (() => void)[] = [];
  let signing: Promise<StatementSigner> | undefined;
  const signer = (): Promise<StatementSigner> => (signing ??= Promise.resolve(settings.deviceKey ?? generateSigningKey()).then(createStatementSigner));
  const wire = createFakeDeviceWire(settings.fetch, settings.gatewayUrl, signer);
  let enrolment: EnrolmentReply | undefined;
  let channel: { readonly reply: HelloReply; readonly sealingKey: SealingKeyPair } | undefined;
  let sessionId: string | undefined;
  let state: 'up' | 'silent' | 'down' = 'up';
  let bootId = nonce();
  let heartbeat = 0;
  let logSequence = 0;
  /** The newest settings it has been given; it follows none of them. */
  let known = { trustSequence: 0, revocationsSequence: -1, settingsVersion: '' };

  const requireEnrolment = (): EnrolmentReply => {
    if (!enrolment) throw new RecoveryError('failed-precondition', 'the fake device is not enrolled: call enrol first');
    return enrolment;
  };
  const goDown = (): void => {
    state = 'down';
    channel = undefined;
    wire.closeChannel();
    bootId = nonce();
  };
  const act = (command: OperationCommand): void => void effects.set(command.operationKey, (effects.get(command.operationKey) ?? 0) + 1);
  const succeed = (key: string): void => {
    ledger.report(key, 'verifying', { percent: 90 });
    ledger.report(key, 'succeeded', { percent: 100, evidence: { kind: 'fake-device', source: 'agent', observedAt: instantAt(clock.now()), detail: { effects: effects.get(key) ?? 0 } } });
  };

  const takeSettings = (reply: Pick<PollReply, 'revocations' | 'trustUpdates' | 'settingsVersion'>): void => {
    known = {
      trustSequence: reply.trustUpdates?.at(-1)?.statement.sequence ?? known.trustSequence,
      revocationsSequence: reply.revocations?.statement.sequence ?? known.revocationsSequence,
      settingsVersion: reply.settingsVersion ?? known.settingsVersion,
    };
  };

  const perform = (command: OperationCommand, behaviour: DeviceBehaviour): void => {
    const key = command.operationKey;
    if (behaviour.kind === 'crash' && behaviour.when === 'before-ledger') return goDown();
    // A command that is known already is not executed again; its reports wait in the ledger or were acknowledged.
    if (!ledger.record(command)) return;
    ledger.report(key, 'delivered');
    if (behaviour.kind === 'refuse') return ledger.report(key, 'failed', { deviceCode: behaviour.code, message: behaviour.message ?? 'refused by the fake device', evidence: { kind: 'nothing-changed', source: 'agent', observedAt: instantAt(clock.now()), detail: {} } });
    if (behaviour.kind === 'go-silent' && behaviour.when === 'before-effect') {
      state = 'silent';
      afterWake.push(() => execute(command, { kind: 'succeed' }));
      return;
    }
    execute(command, behaviour);
  };
  const execute = (command: OperationCommand, behaviour: DeviceBehaviour): void => {
    const key = command.operationKey;
    ledger.report(key, 'running', { percent: 10 });
    act(command);
    if (behaviour.kind === 'lose-state') return device.loseState();
    if (behaviour.kind === 'stay-running') return;
    if (behaviour.kind === 'fail') return ledger.report(key, 'failed', { percent: 100, exitCode: behaviour.exitCode, ...(behaviour.deviceCode === undefined ? {} : { deviceCode: behaviour.deviceCode }) });
    succeed(key);
    if (behaviour.kind === 'go-silent') state = 'silent';
    if (behaviour.kind === 'crash') goDown();
  };

  const answer = async (commandId: string, query: Query): Promise<void> => {
    let reply: unknown;
    try {
      reply = { commandId, reply: settings.answer?.(query) ?? (await answerQuery(query, clock.now())) };
    } catch (error) {
      if (!RecoveryError.isInstance(error)) throw error;
      reply = { commandId, error: { code: error.code, message: error.message } };
    }
    await wire.postSigned(protocolRoutes.reply, reply, emptyReplySchema);
  };
  const sendReports = async (): Promise<void> => {
    if (state === 'up' && ledger.unsent.length > 0) ledger.settle(await wire.postSigned(protocolRoutes.report, { reports: ledger.unsent.slice(0, 64) }, reportReplySchema));
  };

  const device: FakeWinreDevice = {
    async enrol(token, tokenKind = 'one-time') {
      const timeNonce = nonce();
      const { hardwareId, serialNumber, displayName = hardwareId } = settings;
      const request = await signEnrolment({ tokenKind, hardwareId, displayName, ...(serialNumber === undefined ? {} : { serialNumber }), stateGeneration: ledger.stateGeneration, osBuild: '26100.4061', platform: 'linux', timeNonce }, token, await signer());
      const reply = await wire.post(protocolRoutes.enrol, request, enrolmentReplySchema);
      await verifyTime(reply.time, { nonce: timeNonce, trustedKeys: reply.trustedKeys, revokedKeyIds: new Set() });
      enrolment = reply;
      known = { trustSequence: reply.trustSequence, revocationsSequence: reply.revocations.statement.sequence, settingsVersion: '' };
      return reply;
    },
    async hello(how = {}) {
      const { deviceId, enrolmentEpoch, trustedKeys } = requireEnrolment();
      const { challenge } = await wire.post(protocolRoutes.challenge, { deviceId }, challengeReplySchema);
      const timeNonce = nonce();
      const sealingKey = await generateSealingKey();
      const mode = how.mode ?? 'recovery';
      const resumeSessionId = how.resumeSessionId ?? sessionId;
      const statement: Omit<HelloStatement, 'kind'> = {
        deviceId, enrolmentEpoch, challenge, mode, bootReason: how.bootReason ?? 'boot-failure', bootId, ...(mode === 'recovery' && resumeSessionId !== undefined ? { resumeSessionId } : {}),
        agentVersion: '0.0.0-fake', osBuild: '26100.4061', winreVersion: '10.0.26100.1', stateGeneration: ledger.stateGeneration, lastCommandSequence: ledger.lastCommandSequence,
        openOperations: [...ledger.openOperations], abilities: settings.abilities ?? { interpreters: ['cmd', 'sh'], networkKinds: ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk'], maxScriptBytes: 1_048_576 },
        sealingPublicKey: sealingKey.publicKey, trustSequence: known.trustSequence, revocationsSequence: known.revocationsSequence, timeNonce,
      };
      const reply = await wire.post(protocolRoutes.hello, await signHello(statement, await signer()), helloReplySchema);
      await verifyTime(reply.time, { nonce: timeNonce, trustedKeys, revokedKeyIds: new Set() });
      wire.openChannel(reply.channelId);
      channel = { reply, sealingKey };
      takeSettings(reply);
      sessionId = reply.sessionId;
      logSequence = Math.max(logSequence, reply.lastLogSequence);
      state = 'up';
      return reply;
    },
    async poll({ waitMs = 0, signal } = {}) {
      if (state !== 'up') return undefined;
      await sendReports();
      heartbeat += 1;
      const request: PollRequest = { waitMs, heartbeat, lastCommandSequence: ledger.lastCommandSequence, openQueryIds: [], ...known };
      const reply = await wire.postSigned(protocolRoutes.poll, request, pollReplySchema, signal);
      takeSettings(reply);
      for (const command of reply.commands) {
        received.push(command);
        if (command.kind === 'query') await answer(command.commandId, command.query);
        else perform(command, settings.behave?.(command) ?? { kind: 'succeed' });
        if (state !== 'up') return reply;
      }
      await sendReports();
      return reply;
    },
    async run({ signal }) {
      while (!signal.aborted) {
        try {
          if (!wire.channelId) await device.hello();
          const heartbeatEveryMs = channel?.reply.heartbeatEveryMs ?? 1_000;
          if ((await device.poll({ waitMs: heartbeatEveryMs, signal })) === undefined) await clock.sleep(heartbeatEveryMs, { signal });
        } catch (error) {
          if (signal.aborted) return;
          if (refusalReason(error) !== 'unknown-channel') throw error;
          wire.closeChannel();
        }
      }
    },
    sendLog(text, category = 'agent-log') {
      logSequence += 1;
      const chunk = { sequence: logSequence, stream: category === 'agent-log' ? 'agent' : 'stdout', category, text, bytes: Buffer.byteLength(text), truncated: false };
      return wire.postSigned(protocolRoutes.logs, { chunks: [chunk] }, logsReplySchema);
    },
    async end(reason) {
      await wire.postSigned(protocolRoutes.end, { reason }, emptyReplySchema);
      goDown();
      sessionId = undefined;
    },
    finish(operationKey, behaviour = { kind: 'succeed' }) {
      if (behaviour.kind === 'succeed') succeed(operationKey);
      else ledger.report(operationKey, 'failed', { percent: 100, exitCode: behaviour.exitCode });
    },
    wake() {
      if (state === 'silent') state = 'up';
      for (const work of afterWake.splice(0)) work();
    },
    reboot: goDown,
    loseState() {
      ledger.lose();
      goDown();
    },
    openSecret(command, name) {
      const sealed = command.sealedSecrets[name];
      if (!sealed || !channel) return Promise.reject(new RecoveryError('not-found', `the command has no secret ${name}, or the device has no channel`));
      const { deviceId, enrolmentEpoch } = requireEnrolment();
      return openSealed(sealed, channel.sealingKey, commandSecretContext({ operationKey: command.operationKey, deviceId, enrolmentEpoch, name }));
    },
    effectsOf: (operationKey) => effects.get(operationKey) ?? 0,
    received,
    get enrolment() {
      return enrolment;
    },
    get sessionId() {
      return sessionId;
    },
    get state() {
      return state;
    },
  };
  return device;
}
