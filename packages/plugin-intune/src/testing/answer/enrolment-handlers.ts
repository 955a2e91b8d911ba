import type { Entity } from '../protocol/graph-answer.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { answers } from './answers.ts';
import type { GraphCall, GraphHandler } from './graph-call.ts';

const onIdentity = (run: (tenant: TenantState, identity: Entity, call: GraphCall) => ReturnType<GraphHandler>): GraphHandler => (tenant, call) => {
  const id = call.params['identityId'] ?? '';
  const identity = tenant.autopilotIdentities.read(id);
  return identity ? run(tenant, identity, call) : answers.missing('Windows Autopilot device identity', id);
};

const change = (changeOf: (call: GraphCall) => Readonly<Record<string, unknown>>): GraphHandler => onIdentity((tenant, identity, call) => {
  tenant.autopilotIdentities.put({ ...identity, ...changeOf(call) });
  return answers.nothing;
});

/** What can be asked about and of Autopilot identities, and the settings of enrolment. */
export const enrolmentHandlers: Readonly<Record<string, GraphHandler>> = {
  listAutopilotIdentities: (tenant) => answers.list(tenant.autopilotIdentities.list()),
  getAutopilotIdentity: onIdentity((_, identity) => answers.entity(identity)),
  deleteAutopilotIdentity: onIdentity((tenant, { id }) => {
    tenant.autopilotIdentities.remove(id);
    return answers.nothing;
  }),
  updateAutopilotProperties: change(({ body }) => body as Readonly<Record<string, unknown>>),
  assignAutopilotUser: change(({ body }) => body as Readonly<Record<string, unknown>>),
  unassignAutopilotUser: change(() => ({ userPrincipalName: '', addressableUserName: '' })),
  listEnrolmentConfigurations: (tenant) => answers.list(tenant.enrolmentConfigurations.list()),
};
