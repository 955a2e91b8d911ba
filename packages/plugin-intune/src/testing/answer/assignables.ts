import type { GraphAnswer } from '../protocol/graph-answer.ts';
import type { Collection } from '../state/collection.ts';
import type { AssignableRecord } from '../state/configuration-record.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { AssignmentTarget } from '../surface/bodies/assignment-body.ts';
import { answers } from './answers.ts';
import type { GraphCall, GraphHandler } from './graph-call.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What profiles, catalog policies and script packages have in common. */
export interface Assignables {
  readonly create: (tenant: TenantState, entity: Fields, secrets?: AssignableRecord['secrets']) => AssignableRecord;
  /** Runs on the object that the request names, or answers 404. */
  readonly on: (run: (tenant: TenantState, record: AssignableRecord, call: GraphCall) => GraphAnswer) => GraphHandler;
  readonly list: GraphHandler;
  readonly get: GraphHandler;
  readonly remove: GraphHandler;
  readonly listAssignments: GraphHandler;
  /** Replaces the assignments. */
  readonly assign: (tenant: TenantState, record: AssignableRecord, targets: readonly AssignmentTarget[], nowMs: number) => void;
}

/** The common handlers of one collection. */
export function assignablesOf(what: string, parameter: string, collectionOf: (tenant: TenantState) => Collection<AssignableRecord>): Assignables {
  const on: Assignables['on'] = (run) => (tenant, call) => {
    const id = call.params[parameter] ?? '';
    const record = collectionOf(tenant).read(id);
    return record ? run(tenant, record, call) : answers.missing(what, id);
  };
  return {
    on,
    create(tenant, entity, secrets = new Map()) {
      const id = tenant.random.guid();
      const record: AssignableRecord = { id, entity: { ...entity, id }, assignments: [], assignedAtMs: 0, secrets, runStates: new Map() };
      collectionOf(tenant).put(record, tenant.settings.hiddenForReads);
      return record;
    },
    list: (tenant) => answers.list(collectionOf(tenant).list().map(({ order, item }) => ({ order, item: item.entity }))),
    get: on((_, { entity }) => answers.entity(entity)),
    remove: on((tenant, { id }) => {
      collectionOf(tenant).remove(id);
      return answers.nothing;
    }),
    listAssignments: on((_, record) => answers.array(assignmentsOf(record))),
    assign(tenant, record, targets, nowMs) {
      record.assignments = targets.map((target) => ({ id: `${record.id}_${tenant.random.guid()}`, target }));
      record.assignedAtMs = nowMs;
    },
  };
}

/** Assignments as Graph writes them. */
export function assignmentsOf({ assignments }: AssignableRecord): { readonly id: string; readonly source: string; readonly target: AssignmentTarget }[] {
  return assignments.map(({ id, target }) => ({ id, source: 'direct', target }));
}
