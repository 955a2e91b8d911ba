import { createStatementSigner, generateSigningKey, utf8, type StatementSigner } from '@winre-kit/sdk';
import {
  challengeReplySchema, enrolmentReplySchema, errorFromReply, generateSealingKey, helloReplySchema, pollReplySchema, protocolRoutes, signChannelRequest, signEnrolment, signHello,
  type EnrolmentReply, type EnrolmentStatement, type HelloReply, type HelloStatement, type PollReply, type PollRequest, type SealingKeyPair,
} from '../src/protocol/index.ts';
import { nonce, tenantId, type GatewayBench } from './gateway-bench.ts';

const origin = 'https://gateway.example';

/** Sends a body to the gateway. @throws the error that the gateway answered with */
export async function post(bench: GatewayBench, path: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
  const bytes = body instanceof Uint8Array ? new Uint8Array(body) : utf8(JSON.stringify(body));
  const response = await bench.gateway().fetch(new Request(origin + path, { method: 'POST', body: bytes, headers }));
  const answer: unknown = await response.json();
  if (!response.ok) throw errorFromReply(response.status, answer);
  return answer;
}

/** A device that speaks the protocol and nothing else. Its ledger is whatever the test sets. */
export interface TestDevice {
  readonly signer: StatementSigner;
  readonly enrolment: EnrolmentReply;
  readonly statement: EnrolmentStatement;
  stateGeneration: string;
  bootId: string;
  lastCommandSequence: number;
  openOperations: HelloStatement['openOperations'];
}

export interface TestChannel {
  readonly device: TestDevice;
  readonly hello: HelloReply;
  readonly sealing: SealingKeyPair;
  sequence: number;
}

export async function newSigner(): Promise<StatementSigner> {
  return createStatementSigner(await generateSigningKey());
}

export async function enrol(bench: GatewayBench, change: { readonly hardwareId?: string; readonly token?: string; readonly tokenKind?: EnrolmentStatement['tokenKind']; readonly signer?: StatementSigner } = {}): Promise<TestDevice> {
  const token = change.token ?? (await bench.gateway().issueEnrolmentToken({ tenantId, ttlMs: 60_000 })).reveal();
  const signer = change.signer ?? (await newSigner());
  const stateGeneration = nonce();
  const request = await signEnrolment({ tokenKind: change.tokenKind ?? 'one-time', hardwareId: change.hardwareId ?? 'hardware-1', displayName: 'Laptop', stateGeneration, platform: 'linux', timeNonce: nonce() }, token, signer);
  const enrolment = enrolmentReplySchema.parse(await post(bench, protocolRoutes.enrol, request));
  return { signer, enrolment, statement: request.statement, stateGeneration, bootId: nonce(), lastCommandSequence: 0, openOperations: [] };
}

export async function askChallenge(bench: GatewayBench, deviceId: string): Promise<string> {
  return challengeReplySchema.parse(await post(bench, protocolRoutes.challenge, { deviceId })).challenge;
}

export async function helloStatement(bench: GatewayBench, device: TestDevice, change: Partial<HelloStatement> = {}): Promise<Omit<HelloStatement, 'kind'>> {
  const { deviceId, enrolmentEpoch } = device.enrolment;
  const { stateGeneration, bootId, lastCommandSequence, openOperations } = device;
  return {
    deviceId, enrolmentEpoch, stateGeneration, bootId, lastCommandSequence, openOperations, challenge: change.challenge ?? (await askChallenge(bench, deviceId)), mode: 'recovery', bootReason: 'boot-failure',
    agentVersion: '0.1.0', abilities: { interpreters: ['sh'], networkKinds: ['ethernet-dhcp'], maxScriptBytes: 1_000 }, sealingPublicKey: '', trustSequence: 0, revocationsSequence: 0, timeNonce: nonce(), ...change,
  };
}

export async function openChannel(bench: GatewayBench, device: TestDevice, change: Partial<HelloStatement> = {}): Promise<TestChannel> {
  const sealing = await generateSealingKey();
  const statement = await helloStatement(bench, device, { sealingPublicKey: sealing.publicKey, ...change });
  const hello = helloReplySchema.parse(await post(bench, protocolRoutes.hello, await signHello(statement, device.signer)));
  return { device, hello, sealing, sequence: 0 };
}

/** Signs the next request of a channel; it may be sent once, later, or never. */
export async function signNext(channel: TestChannel, path: string, body: unknown): Promise<{ readonly path: string; readonly body: Uint8Array; readonly headers: Record<string, string> }> {
  channel.sequence += 1;
  const bytes = body instanceof Uint8Array ? body : utf8(JSON.stringify(body));
  const headers = await signChannelRequest(channel.hello.channelId, channel.sequence, { method: 'POST', path, body: bytes }, channel.device.signer);
  return { path, body: bytes, headers };
}

export async function send(bench: GatewayBench, channel: TestChannel, path: string, body: unknown): Promise<unknown> {
  const signed = await signNext(channel, path, body);
  return post(bench, signed.path, signed.body, signed.headers);
}

export function pollBody(channel: TestChannel, change: Partial<PollRequest> = {}): PollRequest {
  return { waitMs: 0, heartbeat: 1, lastCommandSequence: channel.device.lastCommandSequence, openQueryIds: [], trustSequence: 0, revocationsSequence: 0, settingsVersion: channel.hello.settingsVersion, ...change };
}

/** Polls and, like a good agent, notes the highest sequence it got before it returns. */
export async function poll(bench: GatewayBench, channel: TestChannel, change: Partial<PollRequest> = {}): Promise<PollReply> {
  const reply = pollReplySchema.parse(await send(bench, channel, protocolRoutes.poll, pollBody(channel, change)));
  for (const command of reply.commands) {
    if (command.kind !== 'operation') continue;
    channel.device.lastCommandSequence = Math.max(channel.device.lastCommandSequence, command.sequence);
    channel.device.openOperations = [...channel.device.openOperations, { operationKey: command.operationKey, state: 'received' }];
  }
  return reply;
}
