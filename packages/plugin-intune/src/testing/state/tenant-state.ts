import type { Entity } from '../protocol/graph-answer.ts';
import type { TenantFault } from '../faults/tenant-fault.ts';
import type { RequestWindows } from '../faults/request-windows.ts';
import type { ResolvedSettings } from '../tenant-settings.ts';
import type { ApprovalPolicy, ApprovalRecord } from './approval-record.ts';
import type { BulkActionRecord, CloudPcRecord } from './cloud-pc.ts';
import { createCollection, type Collection } from './collection.ts';
import type { AssignableRecord } from './configuration-record.ts';
import type { RecordedRequest, Violation } from './journal.ts';
import type { DeviceRecord } from './managed-device.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import type { Caller } from './tenant-token.ts';

/** Everything there is in a tenant. Requests and the passing of time change it, and the script of a test. */
export interface TenantState {
  readonly settings: ResolvedSettings;
  readonly random: SeededRandom;
  readonly schedule: Schedule;
  readonly devices: Collection<DeviceRecord>;
  readonly autopilotIdentities: Collection<Entity>;
  readonly enrolmentConfigurations: Collection<Entity>;
  readonly recoveryKeys: Collection<Entity>;
  readonly cloudPcs: Collection<CloudPcRecord>;
  readonly bulkActions: Collection<BulkActionRecord>;
  readonly userSettings: Collection<Entity>;
  readonly configurations: Collection<AssignableRecord>;
  readonly configurationPolicies: Collection<AssignableRecord>;
  readonly settingDefinitions: Collection<Entity>;
  readonly healthScripts: Collection<AssignableRecord>;
  readonly platformScripts: Collection<Entity>;
  readonly catalogEntries: Collection<Entity>;
  readonly updatePolicies: Collection<Entity>;
  /** By policy. */
  readonly policyApprovals: Map<string, Collection<Entity>>;
  /** Ids of managed devices, by group. */
  readonly groups: Map<string, Set<string>>;
  readonly approvalPolicies: Collection<ApprovalPolicy>;
  readonly approvals: Collection<ApprovalRecord>;
  readonly auditEvents: Collection<Entity>;
  readonly remoteActionAudits: Collection<Entity>;
  readonly tokens: Map<string, Caller>;
  readonly windows: RequestWindows;
  readonly requests: RecordedRequest[];
  readonly violations: Violation[];
  faults: readonly TenantFault[];
}

/** An empty tenant. */
export function createTenantState(settings: ResolvedSettings): TenantState {
  return {
    settings, random: createSeededRandom(settings.seed), schedule: createSchedule(),
    devices: createCollection(), autopilotIdentities: createCollection(), enrolmentConfigurations: createCollection(), recoveryKeys: createCollection(),
    cloudPcs: createCollection(), bulkActions: createCollection(), userSettings: createCollection(),
    configurations: createCollection(), configurationPolicies: createCollection(), settingDefinitions: createCollection(), healthScripts: createCollection(), platformScripts: createCollection(),
    catalogEntries: createCollection(), updatePolicies: createCollection(), policyApprovals: new Map(), groups: new Map(),
    approvalPolicies: createCollection(), approvals: createCollection(), auditEvents: createCollection(), remoteActionAudits: createCollection(),
    tokens: new Map(), windows: { byKey: new Map() }, requests: [], violations: [], faults: [],
  };
}
