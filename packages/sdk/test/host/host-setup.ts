import { createManualClock, createFakePlugin, createMemoryStorage, createMockSecrets, createSequentialIds, type FakePlugin, type ManualClock, type MockSecret } from '@winre-kit/testkit';
import { createStatementSigner, generateSigningKey, instantAt, signApproval, type IntentOf, type LogLevel, type OperationSnapshot, type RecoveryPlan, type SignedApproval, type StatementSigner, type TrustedKey } from '@winre-kit/sdk';
import { approvalStatementFor, createAuditLog, createHost, createHttpClient, createMemoryAuditStore, createMemoryJournal, type AuditLog, type Host, type HostOptions, type Journal, type SubmitRequest } from '@winre-kit/sdk/host';

export interface Person {
  readonly signer: StatementSigner;
  readonly key: TrustedKey;
}

export async function person(principal: string, purpose: TrustedKey['purpose'] = 'approve'): Promise<Person> {
  const signer = createStatementSigner(await generateSigningKey());
  return { signer, key: { keyId: signer.keyId, principal, purpose, publicKey: signer.publicKey } };
}

// Making keys is slow and the same for every test.
export const people = {
  ada: await person('ada@example.com'),
  ben: await person('ben@example.com'),
  revoked: await person('rex@example.com'),
  stranger: await person('sam@example.com'),
  scripts: await person('scripts@example.com', 'sign-scripts'),
};

export const device = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
export const restoreIntent: IntentOf<'winre.restore.trigger'> = { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device, restorePointId: 'restore-point-1', safetySnapshot: true };
export const enterIntent: IntentOf<'winre.session.enter'> = { capability: 'winre.session.enter', tenantId: 'tenant-1', device };

export interface HostSetup {
  readonly host: Host;
  readonly clock: ManualClock;
  readonly vendor: FakePlugin['vendor'];
  readonly plugin: FakePlugin;
  readonly audit: AuditLog;
  readonly journal: Journal;
  readonly logs: { readonly level: LogLevel; readonly message: string; readonly fields: unknown }[];
  readonly submitRequest: (operationKey: string, more?: Partial<SubmitRequest>) => SubmitRequest;
  readonly submitted: (operationKey?: string, intent?: unknown) => Promise<OperationSnapshot>;
  readonly approval: (operationKey: string, by: Person, more?: { readonly decision?: 'approve' | 'reject'; readonly decidedAt?: string }) => Promise<SignedApproval>;
  /** Submitted and approved by Ada. */
  readonly approved: (operationKey?: string, intent?: unknown) => Promise<OperationSnapshot>;
}

export interface HostSetupSettings extends Partial<HostOptions> {
  readonly clock?: ManualClock;
  readonly plugin?: FakePlugin;
  readonly stepMs?: number;
  readonly knownSecrets?: Readonly<Record<string, MockSecret>>;
  readonly config?: Record<string, unknown>;
}

/** A host over the fake plug-in, with everything in memory and time standing still. */
export async function setUpHost(settings: HostSetupSettings = {}): Promise<HostSetup> {
  const { clock = createManualClock(), stepMs = 1_000, knownSecrets = {}, config = {}, plugin = createFakePlugin({ clock, stepMs }), ...overrides } = settings;
  const logs: { level: LogLevel; message: string; fields: unknown }[] = [];
  const journal = overrides.journal ?? createMemoryJournal();
  const audit = overrides.audit ?? (await createAuditLog({ store: createMemoryAuditStore(), clock, signer: people.ben.signer }));
  const host = createHost({
    journal, audit, clock,
    approvers: [people.ada.key, people.ben.key, people.revoked.key],
    signers: [people.scripts.key],
    revokedKeyIds: [people.revoked.key.keyId],
    secrets: createMockSecrets(knownSecrets, clock),
    http: createHttpClient(),
    ids: createSequentialIds(),
    logger: { log: (level, message, fields) => void logs.push({ level, message, fields }) },
    storage: createMemoryStorage(),
    digestKey: new Uint8Array(32).fill(7),
    followSessions: false,
    ...overrides,
  });
  await host.openPlugin(plugin.definition, config);
  const submitRequest: HostSetup['submitRequest'] = (operationKey, more = {}) => ({
    operationKey, requestedBy: 'olivia@example.com', approveBy: instantAt(clock.now() + 3_600_000), executeBy: instantAt(clock.now() + 7_200_000), ttlMs: 7_200_000, ...more,
  });
  const submitted: HostSetup['submitted'] = async (operationKey = 'key-1', intent = restoreIntent) => {
    const plan: RecoveryPlan = await host.plan(plugin.definition.id, intent);
    return host.submit(plan, submitRequest(operationKey));
  };
  const approval: HostSetup['approval'] = async (operationKey, by, { decision = 'approve', decidedAt = instantAt(clock.now()) } = {}) =>
    signApproval(approvalStatementFor(await host.approvalRequest(operationKey), { decision, decidedAt }), by.signer);
  return {
    host, clock, vendor: plugin.vendor, plugin, audit, journal, logs, submitRequest, submitted, approval,
    async approved(operationKey = 'key-1', intent = restoreIntent) {
      const snapshot = await submitted(operationKey, intent);
      if (snapshot.state !== 'awaiting-approval') return snapshot;
      return host.approve(operationKey, await approval(operationKey, people.ada));
    },
  };
}

/** The states of the snapshots that a watch yields until it ends, repeats left out. */
export async function statesOf(snapshots: AsyncIterable<OperationSnapshot>): Promise<string[]> {
  const states: string[] = [];
  for await (const { state } of snapshots) if (states.at(-1) !== state) states.push(state);
  return states;
}
