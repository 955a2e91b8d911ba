import { claimOf, type CapabilityDescriptor } from '../../contract/capability-descriptor.ts';
import { capabilityFloors, type CapabilityId } from '../../contract/capability-floors.table.ts';
import type { PluginInstance } from '../../contract/plugin.ts';
import { operationVerbOf } from './operation-verb-of.ts';

/** What must be there when the capability is claimed. */
const carriers: Readonly<Record<CapabilityId, (instance: PluginInstance) => unknown>> = {
  'winre.devices': ({ devices }) => devices,
  'winre.session.detect': ({ sessions }) => sessions,
  'winre.session.logs': ({ sessions }) => sessions,
  'winre.session.enter': (instance) => operationVerbOf(instance, 'winre.session.enter'),
  'winre.session.exit': (instance) => operationVerbOf(instance, 'winre.session.exit'),
  'winre.script.push': ({ scripts }) => scripts,
  'winre.package.push': ({ packages }) => packages,
  'winre.network.configure': ({ network }) => network,
  'winre.restore.policy': ({ restore }) => restore?.policy,
  'winre.restore.points': ({ restore }) => has(restore, 'doListPoints'),
  'winre.restore.trigger': (instance) => operationVerbOf(instance, 'winre.restore.trigger'),
  'winre.rebuild.trigger': ({ rebuild }) => rebuild,
  'winre.remediation.policy': ({ remediation }) => remediation?.policy,
  'winre.remediation.test': ({ remediation }) => remediation?.test,
  'winre.remediation.outcome': ({ remediation }) => has(remediation, 'doOutcome'),
  'winre.keys.escrow': ({ recoveryKeys }) => has(recoveryKeys, 'doEscrowStatus') || has(recoveryKeys, 'rotate'),
  'winre.keys.release': ({ recoveryKeys }) => recoveryKeys?.release,
  'winre.artifacts': ({ artifacts }) => artifacts,
};

/** Carried by a member that its facet must have anyway, so its presence claims nothing. */
const sharedCarriers: ReadonlySet<string> = new Set<CapabilityId>(['winre.session.detect', 'winre.session.logs']);

const operationVerbs = ['doGet', 'doList', 'doWatch', 'doCancel', 'doReconcile'] as const;

/**
 * Where an instance and its descriptor disagree: a facet or verb is present exactly when a capability of it is claimed, and `operations` is always whole.
 * Empty when they agree.
 */
export function judgeFacets(instance: PluginInstance, descriptor: CapabilityDescriptor): readonly string[] {
  const ids = Object.keys(carriers) as CapabilityId[];
  const verbs = ids.flatMap((id) => {
    const present = Boolean(carriers[id](instance));
    const claimed = claimOf(descriptor, id) !== undefined;
    if (claimed && !present) return [`${id} is claimed, but the instance has no verb for it`];
    if (!claimed && present && !sharedCarriers.has(id)) return [`the instance has a verb for ${id}, which the descriptor does not claim`];
    return [];
  });
  const facets = [...new Set(ids.map((id) => capabilityFloors[id].facet))]
    .filter((facet) => instance[facet] !== undefined && !ids.some((id) => capabilityFloors[id].facet === facet && claimOf(descriptor, id)))
    .map((facet) => `the facet ${facet} is present, but none of its capabilities is claimed`);
  // The types ask for it, but plug-ins in plain JavaScript exist, and without it nothing that was started can be followed.
  const operations = instance.operations as Partial<PluginInstance['operations']> | undefined;
  const missing = operationVerbs.filter((verb) => typeof operations?.[verb] !== 'function').map((verb) => `the instance has no operations.${verb}`);
  return [...verbs, ...facets, ...missing];
}

function has<Facet extends object>(facet: Facet | undefined, member: keyof Facet): boolean {
  return facet?.[member] !== undefined;
}
