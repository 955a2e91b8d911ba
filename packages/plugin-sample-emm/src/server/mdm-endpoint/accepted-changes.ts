import { settingsDrift, verbFor, type CompiledSettings, type ReadSettings } from '@winre-kit/sdk/windows';
import { isWithin } from './judge-changes.ts';
import type { AcceptedChange, MdmReport } from './mdm-session.ts';

/**
 * The changes of which a device has not shown yet that they took effect. Pure.
 *
 * A value shows in what is read, and so does a deleted network, once the list of networks was read. That a key was replaced does not: only the device's own word tells, or a node that was not there before.
 */
function notYetShown(changes: readonly AcceptedChange[], compiled: CompiledSettings, actual: ReadSettings): readonly AcceptedChange[] {
  const drift = settingsDrift(compiled, actual);
  const nodes = compiled.groups.flatMap((group) => group.nodes);
  return changes.filter(({ uri, name }) => {
    if (name === 'Delete') return actual.networks.some((network) => network.uri === uri) || drift.some((each) => each.kind === 'unreadable' && (isWithin(each.uri, uri) || isWithin(uri, each.uri)));
    const node = nodes.find((wanted) => wanted.uri === uri);
    if (node === undefined) return false;
    const isNew = name === 'Add' && verbFor(node, actual) === 'Replace';
    return drift.some((each) => each.uri === uri) || (node.isSecret && !isNew);
  });
}

/** The report with what is left of a desired state's accepted changes. With none left that state counts as written. Pure. */
export function withAccepted(report: MdmReport, fingerprint: string, left: readonly AcceptedChange[]): MdmReport {
  const { accepted: _, appliedFingerprint: _former, ...rest } = report;
  return left.length > 0 ? { ...rest, accepted: { fingerprint, changes: left } } : { ...rest, appliedFingerprint: fingerprint };
}

/** Takes what a device was read to have as its word on the changes that it accepted; those of another desired state are no longer waited for. Pure. */
export function settleAccepted(report: MdmReport, compiled: CompiledSettings, actual: ReadSettings, fingerprint: string): MdmReport {
  const { accepted, ...rest } = report;
  if (accepted === undefined) return report;
  return accepted.fingerprint === fingerprint ? withAccepted(report, fingerprint, notYetShown(accepted.changes, compiled, actual)) : rest;
}
