import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instantAt, planDigestOf, signApproval, type Clock, type Intent, type OperationReport, type PlanBinding, type RecoverySession, type SecretValue, type SignedApproval } from '@winre-kit/sdk';
import { systemClock } from '../src/agent/system-clock.ts';
import { createGateway, createMemoryGatewayStore, createEscrowOpener, generateEscrowKey, issueCertificateAuthority, issueServerCertificate, type Gateway, type GatewayConfig } from '../src/gateway/index.ts';
import { dataCategorySchema } from '../src/protocol/index.ts';
import { createPerson, randomBytes, tenantId, type Person } from './gateway-bench.ts';

/** The machine's clock, some time away. */
export function clockAt(offsetMs: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + offsetMs };
}

/** A real gateway behind real TLS, its people, and a place for devices. */
export interface AgentBench extends AsyncDisposable {
  readonly folder: string;
  readonly gateway: Gateway;
  readonly url: string;
  readonly caFile: string;
  readonly caPem: string;
  readonly clock: Clock;
  readonly approver: Person;
  readonly scriptSigner: Person;
  readonly logged: string[];
  /** Whole requests and answers that went over the wire, as text. */
  readonly wire: string[];
  /** Destroys what is sent back for the next request to this path. */
  loseReply(path: string): void;
  /** Changes what is sent back for the next request to this path, as a back end in wrong hands would. */
  alterReply(path: string, change: (reply: Record<string, unknown>) => Record<string, unknown>): void;
  /** Executions that the witness has heard of, one entry per post. */
  readonly witnessed: { readonly executionId: string; readonly operationKey: string }[];
  readonly witnessUrl: string;
  issueToken(): Promise<SecretValue>;
  /** From now on the server shows a certificate whose dates lie that far away. */
  moveCertificate(offsetMs: number): Promise<void>;
}

export async function openAgentBench(settings: { readonly clock?: Clock; readonly certificateClock?: Clock; readonly gateway?: Partial<GatewayConfig> } = {}): Promise<AgentBench> {
  const clock = settings.clock ?? systemClock;
  const folder = await mkdtemp(join(tmpdir(), 'winre-agent-'));
  const gatewayKey = await createPerson('gateway', 'gateway');
  const approver = await createPerson('ada', 'approve');
  const scriptSigner = await createPerson('sam', 'sign-scripts');
  const authority = await issueCertificateAuthority({ commonName: 'Test EMM', validForDays: 30 }, settings.certificateClock ?? clock);
  const certificate = await issueServerCertificate({ authority, hostNames: ['localhost', '127.0.0.1'], validForDays: 7 }, settings.certificateClock ?? clock);
  const logged: string[] = [];
  const gateway = await createGateway({
    store: createMemoryGatewayStore(), signer: gatewayKey.signer, escrow: await createEscrowOpener(await generateEscrowKey()), clock, randomBytes, heartbeatEveryMs: 300,
    logger: { log: (level, message, fields) => void logged.push(`${level} ${message} ${JSON.stringify(fields)}`) },
    ...settings.gateway,
  });
  await gateway.putTenant({ tenantId, trustedKeys: [gatewayKey.key, approver.key, scriptSigner.key], caCertificatesPem: [], consent: { categories: dataCategorySchema.options } });
  const wire: string[] = [];
  const lost = new Set<string>();
  const altered = new Map<string, (reply: Record<string, unknown>) => Record<string, unknown>>();
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, (incoming, outgoing) => void answer(gateway, incoming, outgoing, { wire, lost, altered }));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const witnessed: { executionId: string; operationKey: string }[] = [];
  const witness = createHttpServer((incoming, outgoing) => void bodyOf(incoming).then((body) => {
    witnessed.push(JSON.parse(body.toString()) as { executionId: string; operationKey: string });
    outgoing.end();
  }));
  await new Promise<void>((resolve) => witness.listen(0, '127.0.0.1', resolve));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.certificatePem);
  return {
    folder, gateway, clock, approver, scriptSigner, logged, wire, witnessed, caFile,
    caPem: authority.certificatePem,
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    witnessUrl: `http://127.0.0.1:${(witness.address() as AddressInfo).port}/`,
    loseReply: (path) => void lost.add(path),
    alterReply: (path, change) => void altered.set(path, change),
    async moveCertificate(offsetMs) {
      const moved = await issueServerCertificate({ authority, hostNames: ['127.0.0.1'], validForDays: 7 }, clockAt(offsetMs));
      server.setSecureContext({ cert: moved.certificatePem, key: moved.privateKeyPem });
    },
    issueToken: () => gateway.issueEnrolmentToken({ tenantId, ttlMs: 600_000 }),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      for (const socket of sockets) socket.destroy();
      server.close();
      witness.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What happens to answers on their way. */
interface Wire {
  readonly wire: string[];
  readonly lost: Set<string>;
  readonly altered: Map<string, (reply: Record<string, unknown>) => Record<string, unknown>>;
}

async function answer(gateway: Gateway, incoming: IncomingMessage, outgoing: ServerResponse, { wire, lost, altered }: Wire): Promise<void> {
  const gone = new AbortController();
  outgoing.once('close', () => gone.abort());
  const body = await bodyOf(incoming);
  const path = incoming.url ?? '/';
  const response = await gateway.fetch(new Request(`https://gateway${path}`, { method: 'POST', headers: incoming.headers as Record<string, string>, body: new Uint8Array(body), signal: gone.signal }));
  let reply = await response.text();
  const change = altered.get(path);
  altered.delete(path);
  if (change) reply = JSON.stringify(change(JSON.parse(reply) as Record<string, unknown>));
  wire.push(`${path} ${body.toString()}`, `${path} ${reply}`);
  if (lost.delete(path)) return void outgoing.destroy();
  outgoing.writeHead(response.status, { 'content-type': 'application/json' }).end(reply);
}

async function bodyOf(incoming: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** A small volume that boots while its kernel is right. */
export async function makeVolume(folder: string): Promise<void> {
  await mkdir(join(folder, 'users/ana'), { recursive: true });
  await writeFile(join(folder, 'boot.sh'), 'test "$(head -c 4 kernel)" = good || { echo "kernel panic" >&2; exit 9; }\n');
  await writeFile(join(folder, 'kernel'), `good${'k'.repeat(200_000)}`);
  await writeFile(join(folder, 'users/ana/letter.txt'), 'dear all\n');
  for (let index = 0; index < 40; index += 1) await writeFile(join(folder, `library-${index}`), `library ${index}\n`.repeat(50 + index));
}

/** Breaks it: a file changed, one deleted, one added. */
export async function breakVolume(folder: string): Promise<void> {
  await writeFile(join(folder, 'kernel'), 'half an update');
  await rm(join(folder, 'library-7'));
  await writeFile(join(folder, 'update.log'), 'failed at 61 %\n');
}

/** Paths and digests of everything below a folder. */
export async function digestTree(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    digests[path.slice(folder.length + 1)] = entry.isFile() ? createHash('sha256').update(await readFile(path)).digest('hex') : entry.isSymbolicLink() ? `-> ${await readlink(path)}` : 'directory';
  }
  return digests;
}

/** One operation, planned and approved. */
export async function approve(bench: AgentBench, operationKey: string, intent: Intent, plan: Partial<PlanBinding> = {}, statement: Partial<SignedApproval['statement']> = {}): Promise<Parameters<Gateway['submitOperation']>[0]> {
  const binding: PlanBinding = { kind: 'winre-plan/v1', pluginId: 'sample', intent, requests: [], secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null, ...plan };
  const planDigest = await planDigestOf(binding);
  const nowMs = bench.clock.now();
  const approval = await signApproval({
    kind: 'winre-approval/v1', decision: 'approve', planDigest, operationKey, tenantId, deviceId: intent.device.id, enrolmentEpoch: intent.device.enrolmentEpoch, requestedBy: 'bob', reason: '',
    approveBy: instantAt(nowMs + 3_600_000), executeBy: instantAt(nowMs + 86_400_000), decidedAt: instantAt(nowMs), ...statement,
  }, bench.approver.signer);
  return { operationKey, planDigest, binding, approvals: [approval], ttlMs: 3_600_000 };
}

/** The report an operation ends with. */
export async function outcomeOf(bench: AgentBench, operationKey: string): Promise<OperationReport> {
  let last: OperationReport | undefined;
  for await (const report of bench.gateway.watchOperation(tenantId, operationKey, { signal: AbortSignal.timeout(15_000) })) last = report;
  if (!last) throw new RangeError(`nothing was reported about ${operationKey}`);
  return last;
}

/** Waits for the next session of a device, or the one that is open. */
export async function sessionOf(bench: AgentBench, deviceId: string): Promise<RecoverySession> {
  const call = { signal: AbortSignal.timeout(15_000), correlationId: 'test' };
  for await (const session of bench.gateway.sessions.list(call)) if (session.device.id === deviceId) return session;
  for await (const event of bench.gateway.sessions.watch({ deviceId }, call)) if (event.type === 'session.detected') return event.session as RecoverySession;
  throw new RangeError(`no session of ${deviceId}`);
}
