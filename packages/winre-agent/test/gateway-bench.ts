import { createStatementSigner, generateSigningKey, instantAt, planDigestOf, signApproval, toBase64, type Intent, type PlanBinding, type SignedApproval, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { createManualClock, type ManualClock } from '@winre-kit/testkit';
import { createEscrowOpener, createGateway, createMemoryGatewayStore, generateEscrowKey, type Gateway, type GatewayConfig } from '../src/gateway/index.ts';
import { dataCategorySchema } from '../src/protocol/index.ts';

export interface Person {
  readonly signer: StatementSigner;
  readonly key: TrustedKey;
}

/** A gateway over a store in memory, with one tenant, its people, and time that stands still. */
export interface GatewayBench {
  readonly clock: ManualClock;
  readonly config: GatewayConfig;
  readonly gatewayKey: Person;
  readonly approver: Person;
  readonly logged: { readonly level: string; readonly message: string }[];
  /** The present one; another after `restart`. */
  gateway(): Gateway;
  /** Closes the gateway and opens another one over the same store. */
  restart(): Promise<void>;
}

export const tenantId = 'tenant-1';

export async function createPerson(principal: string, purpose: TrustedKey['purpose']): Promise<Person> {
  const pair = await generateSigningKey();
  return { signer: createStatementSigner(pair), key: { keyId: pair.keyId, principal, purpose, publicKey: pair.publicKey } };
}

export function randomBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

export const nonce = (): string => toBase64(randomBytes(16));

export async function openBench(overrides: Partial<GatewayConfig> = {}): Promise<GatewayBench> {
  const clock = createManualClock();
  const gatewayKey = await createPerson('gateway', 'gateway');
  const approver = await createPerson('ada', 'approve');
  const logged: { level: string; message: string }[] = [];
  const config: GatewayConfig = {
    store: createMemoryGatewayStore(),
    signer: gatewayKey.signer,
    escrow: await createEscrowOpener(await generateEscrowKey()),
    clock,
    randomBytes,
    logger: { log: (level, message) => void logged.push({ level, message }) },
    ...overrides,
  };
  let gateway = await createGateway(config);
  await gateway.putTenant({ tenantId, trustedKeys: [gatewayKey.key, approver.key], caCertificatesPem: [], consent: { categories: dataCategorySchema.options } });
  return {
    clock,
    config,
    gatewayKey,
    approver,
    logged,
    gateway: () => gateway,
    async restart() {
      await gateway.close();
      gateway = await createGateway(config);
    },
  };
}

export interface PlannedOperation {
  readonly operationKey: string;
  readonly planDigest: string;
  readonly binding: PlanBinding;
  readonly approvals: readonly SignedApproval[];
  readonly ttlMs: number;
}

/** A plan for an intent, approved by the bench's approver for a day. */
export async function planOperation(bench: GatewayBench, operationKey: string, intent: Intent, requests: PlanBinding['requests'] = []): Promise<PlannedOperation> {
  const binding: PlanBinding = { kind: 'winre-plan/v1', pluginId: 'sample', intent, requests, secretDigests: {}, descriptorHash: '0'.repeat(64), lossDigest: null };
  const planDigest = await planDigestOf(binding);
  const nowMs = bench.clock.now();
  const approval = await signApproval(
    {
      kind: 'winre-approval/v1', decision: 'approve', planDigest, operationKey, tenantId, deviceId: intent.device.id, enrolmentEpoch: intent.device.enrolmentEpoch, requestedBy: 'bob',
      approveBy: instantAt(nowMs + 3_600_000), executeBy: instantAt(nowMs + 86_400_000), decidedAt: instantAt(nowMs), reason: '',
    },
    bench.approver.signer,
  );
  return { operationKey, planDigest, binding, approvals: [approval], ttlMs: 3_600_000 };
}
