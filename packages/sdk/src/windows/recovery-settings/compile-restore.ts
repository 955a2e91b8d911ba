import type { RestorePolicy } from '../../schemas/restore.ts';
import { nodeUri } from '../csp/loc-uri.ts';
import { recoveryCsp } from '../csp/recovery-csp.table.ts';
import type { WindowsEdition } from '../csp/windows-editions.table.ts';
import type { CompileDoubt, DesiredNode, NotExpressed } from './desired-node.ts';
import { megabytesOf, minutesOfHours } from './restore-units.ts';
import { desiredNode, leafOf, rangeFault } from './setting-nodes.ts';
import { restorePaths } from './setting-paths.table.ts';

interface CompiledRestore {
  readonly nodes: readonly DesiredNode[];
  readonly notExpressed: readonly NotExpressed[];
  readonly doubts: readonly CompileDoubt[];
}

/** Nodes of point-in-time restore for the Recovery provider, the switch first. Pure. */
export function compileRestore(policy: RestorePolicy, edition: WindowsEdition): CompiledRestore {
  const enabled = desiredNode(recoveryCsp, restorePaths.enabled, policy.enabled);
  const { megabytes, isExact } = megabytesOf(policy.maxDiskBytes);
  const settings = [
    { setting: 'restore.maxDiskBytes', path: restorePaths.maxDisk, value: megabytes },
    { setting: 'restore.cadenceHours', path: restorePaths.frequency, value: minutesOfHours(policy.cadenceHours) },
    { setting: 'restore.retentionHours', path: restorePaths.retention, value: minutesOfHours(policy.retentionHours) },
  ];
  if (!policy.enabled) {
    const reason = `the device refuses or ignores it while ${restorePaths.enabled} is not true`;
    return { nodes: [enabled], notExpressed: settings.map(({ setting }): NotExpressed => ({ setting, kind: 'inactive', reason })), doubts: [] };
  }
  const judged = settings.map((row) => ({ ...row, fault: rangeFault(leafOf(recoveryCsp, row.path), row.value) }));
  const fitting = judged.filter(({ fault }) => fault === undefined);
  const outOfRange = judged.flatMap(({ setting, fault }): NotExpressed[] => (fault === undefined ? [] : [{ setting, kind: 'out-of-range', reason: fault }]));
  const isRounded = !isExact && fitting.some(({ path }) => path === restorePaths.maxDisk);
  const rounded: NotExpressed = { setting: 'restore.maxDiskBytes', kind: 'rounded', reason: `${policy.maxDiskBytes} bytes are not whole megabytes; ${megabytes} are sent` };
  const timed = fitting.filter(({ path }) => path !== restorePaths.maxDisk && edition !== 'enterprise');
  return {
    nodes: [enabled, ...fitting.map(({ path, value }) => desiredNode(recoveryCsp, path, value))],
    notExpressed: isRounded ? [...outOfRange, rounded] : outOfRange,
    doubts: timed.map(({ path }) => ({
      uri: nodeUri(recoveryCsp, path),
      reason: `one page of Microsoft names Enterprise only, another lists more editions; whether edition “${edition}” follows it shows on the device`,
    })),
  };
}
