import {
  canonicalJson, instantAt, isTerminalState, RecoveryError,
  type ArtifactReference, type Clock, type Device, type OperationReportInput, type RebuildOffering, type ReconcileFinding, type RemediationPolicy, type RestorePoint, type RestorePolicy, type SecretValue,
} from '@winre-kit/sdk';
import { progressOperation, reportOf, type AnyStartRequest, type ModelOperation } from './model-operation.ts';
import { createModelSessions, type ModelSessions } from './model-sessions.ts';

/** What goes wrong with the next start. */
export type StartFault =
  /** The vendor has it; the caller gets no answer. */
  | { readonly kind: 'accept-and-lose-reply' }
  /** The vendor never gets it, and the caller cannot know. */
  | { readonly kind: 'never-arrived' }
  /** The answer takes this long by the clock. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Parked until `approve` or `reject`; after `approve` the same request has to come again. */
  | { readonly kind: 'park-for-approval' }
  /** Accepted; the device tries and fails. */
  | { readonly kind: 'fail'; readonly exitCode: number }
  /** Refused with this error. */
  | { readonly kind: 'throw'; readonly error: unknown };

/** A vendor's service in memory. It outlives plug-in instances, as a real one does. */
export interface ModelVendor {
  readonly devices: Map<string, Device>;
  readonly offlineDevices: Set<string>;
  readonly sessions: ModelSessions;
  readonly restorePoints: RestorePoint[];
  readonly offerings: RebuildOffering[];
  readonly restorePolicies: Map<string, RestorePolicy>;
  readonly remediationPolicies: Map<string, RemediationPolicy>;
  readonly artifacts: (ArtifactReference & { readonly deviceId: string; readonly bytesOf: Uint8Array })[];
  readonly consentedCategories: Set<string>;
  /** Secrets that were sent to the vendor, in order. */
  readonly secretsReceived: SecretValue[];
  /** Applies to one start each, in order. */
  failNextStart(...faults: readonly StartFault[]): void;
  /** While set, reconcile cannot tell. */
  blind: boolean;
  /** The oracle: how often a device acted for this operation. */
  effectsOf(operationKey: string): number;
  /** Every start that reached the vendor, repeats included. */
  readonly startsReceived: readonly AnyStartRequest[];
  approve(operationKey: string): void;
  reject(operationKey: string): void;

  start(request: AnyStartRequest, signal: AbortSignal): Promise<OperationReportInput>;
  /** @throws {RecoveryError} `not-found` */
  read(operationKey: string): OperationReportInput;
  readonly operations: readonly ModelOperation[];
  cancel(operationKey: string): 'accepted' | 'too-late';
  reconcile(operationKey: string): ReconcileFinding;
}

/** What the vendor starts with; everything has a default. */
export interface ModelVendorSettings {
  readonly clock: Clock;
  /** Time that each state of an operation takes. 0, the default, ends it before anybody looks. */
  readonly stepMs?: number;
}

/** One tenant `tenant-1` with one device `device-1`, a restore point and an offering; tests change what they like. */
export function createModelVendor({ clock, stepMs = 0 }: ModelVendorSettings): ModelVendor {
  const operations = new Map<string, ModelOperation>();
  const startsReceived: AnyStartRequest[] = [];
  const faults: StartFault[] = [];

  const find = (operationKey: string): ModelOperation => {
    const operation = operations.get(operationKey);
    if (!operation) throw new RecoveryError('not-found', `no operation ${operationKey}`);
    progressOperation(operation, clock.now(), stepMs, !vendor.offlineDevices.has(operation.request.intent.device.id));
    return operation;
  };
  const move = (operation: ModelOperation, state: ModelOperation['state']): void => {
    operation.state = state;
    operation.sinceMs = clock.now();
  };
  const lost = (): RecoveryError => new RecoveryError('deadline-exceeded', 'no answer from the model vendor; whether it was done is not known', { retry: 'reconcile-first', facts: { outcome: 'unknown' } });

  /** What the vendor does with a start that reached it. */
  const take = (request: AnyStartRequest, fault: StartFault | undefined): ModelOperation => {
    startsReceived.push(request);
    const { intent, operationKey, ttlMs } = request;
    const device = vendor.devices.get(intent.device.id);
    if (!device || device.tenantId !== intent.tenantId) throw new RecoveryError('not-found', `no device ${intent.device.id}`);
    if (device.enrolmentEpoch !== intent.device.enrolmentEpoch) throw new RecoveryError('enrolment-changed', `device ${device.id} is enrolled as ${device.enrolmentEpoch} now`);
    const known = operations.has(operationKey) ? find(operationKey) : undefined;
    if (known) {
      if (canonicalJson(known.request.intent) !== canonicalJson(intent) || known.request.planDigest !== request.planDigest) throw new RecoveryError('already-exists', `operation key ${operationKey} was used for another request`);
      // Approved at the vendor: the same request again sets it going.
      if (known.state === 'dispatching') move(known, 'accepted');
      return known;
    }
    const operation: ModelOperation = {
      vendorRef: `vendor-operation-${operations.size + 1}`, request, state: 'accepted', sinceMs: clock.now(), deliverByMs: clock.now() + ttlMs, effects: 0,
      ending: fault?.kind === 'fail' ? { state: 'failed', exitCode: fault.exitCode } : { state: 'succeeded' },
    };
    if (fault?.kind === 'park-for-approval') {
      operation.state = 'awaiting-vendor-approval';
      operation.approval = { reference: `approval-${operationKey}`, expiresAt: instantAt(clock.now() + 86_400_000) };
    }
    operations.set(operationKey, operation);
    return operation;
  };

  const vendor: ModelVendor = {
    devices: new Map([['device-1', { id: 'device-1', tenantId: 'tenant-1', enrolmentEpoch: 'epoch-1', displayName: 'PC 1', serialNumber: 'SN-1', hardwareId: 'hardware-1', osBuild: '26100.4061' }]]),
    offlineDevices: new Set(),
    sessions: createModelSessions(clock),
    restorePoints: [{ id: 'restore-point-1', takenAt: instantAt(clock.now() - 3_600_000), state: 'intact', trigger: 'schedule' }],
    offerings: [{ id: 'offering-1', release: '24H2', language: 'en-us', edition: 'Enterprise', mediaSource: { kind: 'repository', location: 'golden' } }],
    restorePolicies: new Map(),
    remediationPolicies: new Map(),
    artifacts: [{ id: 'artifact-1', deviceId: 'device-1', category: 'diagnostics', name: 'bundle.zip', bytes: 5, createdAt: instantAt(clock.now()), bytesOf: Buffer.from('bytes') }],
    consentedCategories: new Set(['diagnostics']),
    secretsReceived: [],
    failNextStart: (...next) => void faults.push(...next),
    blind: false,
    effectsOf: (operationKey) => (operations.has(operationKey) ? find(operationKey).effects : 0),
    startsReceived,
    approve: (operationKey) => move(find(operationKey), 'dispatching'),
    reject: (operationKey) => move(find(operationKey), 'rejected'),
    async start(request, signal) {
      const fault = faults.shift();
      if (fault?.kind === 'throw') throw fault.error;
      if (fault?.kind === 'never-arrived') throw lost();
      const operation = take(request, fault);
      if (fault?.kind === 'slow') await clock.sleep(fault.delayMs, { signal });
      if (fault?.kind === 'accept-and-lose-reply') throw lost();
      return reportOf(operation, clock.now());
    },
    read: (operationKey) => reportOf(find(operationKey), clock.now()),
    get operations() {
      return [...operations.keys()].map(find);
    },
    cancel(operationKey) {
      const operation = find(operationKey);
      if (isTerminalState(operation.state) || !['accepted', 'dispatching', 'awaiting-vendor-approval'].includes(operation.state)) return 'too-late';
      move(operation, 'cancelled');
      return 'accepted';
    },
    reconcile(operationKey) {
      if (vendor.blind) return { finding: 'cannot-tell', reason: 'the model vendor is blind' };
      if (!operations.has(operationKey)) return { finding: 'absent', reason: 'the vendor has no such operation, and nothing is on its way' };
      return { finding: 'found', report: vendor.read(operationKey) };
    },
  };
  return vendor;
}
