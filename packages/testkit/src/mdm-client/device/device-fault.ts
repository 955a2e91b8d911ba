import type { TreeVerb } from '../syncml/server-command.ts';
import { readLocUri } from './loc-uri.ts';

/** Something that goes wrong on the device. `times` says how often; without it, until the faults are cleared. */
export type DeviceFault =
  /** Commands on `uri` and below (everywhere without it) are refused with `status`, 417 (retry later) unless given. */
  | { readonly kind: 'busy'; readonly uri?: string; readonly status?: 417 | 500 | 503; readonly times?: number }
  /** Commands on `uri` and below are refused with 425. */
  | { readonly kind: 'permission-denied'; readonly uri: string; readonly verbs?: readonly TreeVerb[]; readonly times?: number }
  /** Commands on `uri` and below are answered with 202 and wait for ever: end them with `changeLocally`, and tell the server with `raiseAlert`. */
  | { readonly kind: 'accepted'; readonly uri: string; readonly verbs?: readonly TreeVerb[]; readonly times?: number }
  /** A failed Atomic leaves behind what it had written; those members answer 516. */
  | { readonly kind: 'rollback-fails'; readonly times?: number };

export interface FaultVerdict {
  /** The faults that are left. */
  readonly faults: readonly DeviceFault[];
  readonly status?: number;
  readonly reason?: string;
}

/** Whether a fault meets a command at this place. Pure: it returns the faults that remain. */
export function meetFault(faults: readonly DeviceFault[], verb: TreeVerb, uri: string): FaultVerdict {
  const hit = faults.find((fault) => {
    if (fault.kind === 'rollback-fails') return false;
    if (fault.kind !== 'busy' && fault.verbs && !fault.verbs.includes(verb)) return false;
    return fault.uri === undefined || isAtOrBelow(uri, fault.uri);
  });
  if (!hit) return { faults };
  if (hit.kind === 'accepted') return { faults: spend(faults, hit), status: 202 };
  return hit.kind === 'busy'
    ? { faults: spend(faults, hit), status: hit.status ?? 417, reason: 'the device is busy' }
    : { faults: spend(faults, hit), status: 425, reason: 'permission denied at this place' };
}

/** Whether a rollback fails now. Pure, as `meetFault` is. */
export function meetRollbackFault(faults: readonly DeviceFault[]): { readonly faults: readonly DeviceFault[]; readonly fails: boolean } {
  const hit = faults.find(({ kind }) => kind === 'rollback-fails');
  return hit ? { faults: spend(faults, hit), fails: true } : { faults, fails: false };
}

function spend(faults: readonly DeviceFault[], hit: DeviceFault): DeviceFault[] {
  return faults.flatMap((fault) => {
    if (fault !== hit || fault.times === undefined) return [fault];
    return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
  });
}

function isAtOrBelow(uri: string, written: string): boolean {
  const verdict = readLocUri(written);
  return 'path' in verdict && (uri === verdict.path.uri || uri.startsWith(`${verdict.path.uri}/`));
}
