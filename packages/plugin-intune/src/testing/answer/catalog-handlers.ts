import type { z } from 'zod';
import { refusals } from '../protocol/graph-refusal.ts';
import { instantOf } from '../state/instant.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { assignBody } from '../surface/bodies/assignment-body.ts';
import type { configurationPolicyBody, SettingInstance } from '../surface/bodies/catalog-bodies.ts';
import { answers } from './answers.ts';
import { assignablesOf, assignmentsOf } from './assignables.ts';
import type { GraphHandler } from './graph-call.ts';

const policies = assignablesOf('configuration policy', 'policyId', (tenant) => tenant.configurationPolicies);

/** What can be asked about and of the settings catalog. A policy may only name settings that the tenant's catalog has. */
export const catalogHandlers: Readonly<Record<string, GraphHandler>> = {
  listSettingDefinitions: (tenant) => answers.list(tenant.settingDefinitions.list()),
  listConfigurationPolicies: policies.list,
  getConfigurationPolicy: policies.get,
  deleteConfigurationPolicy: policies.remove,
  listPolicyAssignments: policies.listAssignments,
  createConfigurationPolicy: (tenant, { body, nowMs }) => {
    const { settings, ...fields } = body as z.infer<typeof configurationPolicyBody>;
    const problem = settings.map(({ settingInstance }) => judgeInstance(tenant, settingInstance)).find((reason) => reason !== undefined);
    if (problem !== undefined) return answers.refused(refusals.badRequest(problem));
    const entity = { description: '', roleScopeTagIds: ['0'], ...fields, settingCount: settings.length, isAssigned: false, createdDateTime: instantOf(nowMs), lastModifiedDateTime: instantOf(nowMs), templateReference: { templateId: '', templateFamily: 'none' } };
    const record = policies.create(tenant, entity);
    record.secrets.set('settings', settings.map(({ settingInstance }, index) => ({ id: String(index), settingInstance })));
    return answers.entity(record.entity);
  },
  listPolicySettings: policies.on((_, record) => answers.array(record.secrets.get('settings') as readonly { readonly id: string }[])),
  assignConfigurationPolicy: policies.on((tenant, record, { body, nowMs }) => {
    policies.assign(tenant, record, (body as z.infer<typeof assignBody>).assignments.map(({ target }) => target), nowMs);
    record.entity = { ...record.entity, isAssigned: record.assignments.length > 0 };
    return answers.array(assignmentsOf(record));
  }),
};

/** Why a setting cannot be, or undefined. */
function judgeInstance(tenant: TenantState, instance: SettingInstance): string | undefined {
  const definition = tenant.settingDefinitions.peek(instance.settingDefinitionId);
  if (!definition) return `Setting definition '${instance.settingDefinitionId}' was not found.`;
  if (instance['@odata.type'] === '#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance') return undefined;
  const { value, children } = instance.choiceSettingValue;
  const options = definition['options'] as readonly { readonly itemId: string }[] | undefined;
  if (options?.some(({ itemId }) => itemId === value) !== true) return `'${value}' is not an option of setting '${instance.settingDefinitionId}'.`;
  return children.map((child) => judgeInstance(tenant, child)).find((reason) => reason !== undefined);
}
