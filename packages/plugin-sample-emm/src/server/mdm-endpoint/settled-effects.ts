import type { MdmExec, MdmExecOutcome } from '../store/mdm-exec-store.ts';
import { unenrolUri } from './mdm-request.ts';
import type { MdmEffect } from './mdm-session.ts';

/** What follows from the outcome of an Exec: a device that has run its unenrolment has left. Pure. */
export function settledEffects({ execKey, uri }: Pick<MdmExec, 'execKey' | 'uri'>, state: MdmExecOutcome['state'], status?: number): readonly MdmEffect[] {
  const settled: MdmEffect = { kind: 'exec-settled', execKey, state, ...(status !== undefined && { status }) };
  return state === 'done' && uri === unenrolUri ? [settled, { kind: 'unenrolled' }] : [settled];
}
