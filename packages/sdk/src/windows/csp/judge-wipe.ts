import { describeHresult, type HresultMeaning } from './hresult.table.ts';
import { nodeUri } from './loc-uri.ts';
import { redeploymentStates, remoteWipeCsp, type WipeAction } from './remote-wipe-csp.table.ts';
import { formatWindowsBuild, hasMinimumBuild, type WindowsBuild } from './windows-build.ts';
import type { WindowsEdition } from './windows-editions.table.ts';

/** Whether a device can be told to do an action, and where. Exec takes no data. */
export type WipeVerdict = { readonly isAllowed: true; readonly uri: string; readonly reason: string } | { readonly isAllowed: false; readonly reason: string };

/**
 * Judges a wipe before it is sent, by build and edition. Pure. The device must run Windows, not WinRE, which only its last contact can tell.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp
 */
export function judgeWipe(action: WipeAction, build: WindowsBuild, edition: WindowsEdition): WipeVerdict {
  const row = remoteWipeCsp.nodes.find(({ path }) => path === action);
  if (row === undefined) return { isAllowed: false, reason: `RemoteWipe has no node ${action}` };
  const minimumBuilds = row.minimumBuilds ?? [];
  if (!hasMinimumBuild(build, minimumBuilds)) return { isAllowed: false, reason: `${action} came with build ${minimumBuilds.join(', ')}; this one is ${formatWindowsBuild(build)}` };
  if (edition === 'home' || edition === 'other') return { isAllowed: false, reason: `RemoteWipe is listed for Pro, Enterprise, Education and IoT Enterprise, not for edition “${edition}”` };
  return { isAllowed: true, uri: nodeUri(remoteWipeCsp, action), reason: row.meaning };
}

/** What became of an Autopilot Reset. `unknown` for a status that no text names. */
export interface RedeploymentOutcome {
  readonly state: 'never-run' | 'complete' | 'pending' | 'failed' | 'unknown';
  readonly meaning: string;
  /** Absent for 0 and where it was not read. */
  readonly lastError?: HresultMeaning;
}

/**
 * Reads `Status` and `LastError` together. A device reports the state of its last reset, whoever asked for it: compare with the time of the Exec.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remotewipe-csp
 */
export function readRedeployment(status: number, lastError?: number): RedeploymentOutcome {
  const known = redeploymentStates[status] ?? { state: 'unknown' as const, meaning: `status ${status} is not documented` };
  return { ...known, ...(lastError === undefined || lastError === 0 ? {} : { lastError: describeHresult(lastError) }) };
}
