import type { RemediationPolicy } from '../../schemas/remediation.ts';
import type { CspDialect } from '../csp/csp-dialect.ts';
import type { DesiredNode, NotExpressed } from './desired-node.ts';
import { desiredNode, leafOf, rangeFault } from './setting-nodes.ts';
import { dialectTables, remediationPaths } from './setting-paths.table.ts';

/** Nodes of Quick Machine Recovery, in the order of their dependencies. Pure. */
export function compileRemediation(policy: RemediationPolicy, dialect: CspDialect): { readonly nodes: readonly DesiredNode[]; readonly notExpressed: readonly NotExpressed[] } {
  const table = dialectTables[dialect];
  const paths = remediationPaths[dialect];
  const inactive = (setting: string, reason: string): NotExpressed => ({ setting: `remediation.${setting}`, kind: 'inactive', reason });
  const timersAreOff = ['timeToRebootMinutes', 'retryIntervalMinutes'].map((setting) => inactive(setting, `the device refuses it while ${paths.auto} is not true`));
  const cloud = desiredNode(table, paths.cloud, policy.cloudRemediation);
  if (!policy.cloudRemediation) {
    return { nodes: [cloud], notExpressed: [inactive('autoRemediation', `the device refuses ${paths.auto} while ${paths.cloud} is not true; it is off with it`), ...timersAreOff] };
  }
  const switches = [cloud, desiredNode(table, paths.auto, policy.autoRemediation)];
  if (!policy.autoRemediation) return { nodes: switches, notExpressed: timersAreOff };

  const timers = [
    { setting: 'timeToRebootMinutes', path: paths.timeToReboot, value: policy.timeToRebootMinutes },
    { setting: 'retryIntervalMinutes', path: paths.retryInterval, value: policy.retryIntervalMinutes },
  ];
  const faults = timers.map(({ path, value }) => rangeFault(leafOf(table, path), value));
  if (faults.every((fault) => fault === undefined)) {
    return { nodes: [...switches, ...timers.map(({ path, value }) => desiredNode(table, path, value))], notExpressed: [] };
  }
  // One timer alone would be judged against whatever the device has for the other, and refused when the interval is the longer one.
  const notExpressed = timers.map(({ setting }, index): NotExpressed => {
    const reason = faults[index] ?? 'it is sent only together with the other timer, which the node does not take';
    return { setting: `remediation.${setting}`, kind: 'out-of-range', reason };
  });
  return { nodes: switches, notExpressed };
}
