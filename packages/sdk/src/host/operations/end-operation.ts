import { RecoveryError } from '../../errors/recovery-error.ts';
import { isTerminalState } from '../../contract/operation-transition.ts';
import { instantAt } from '../../contract/clock.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { principalKeyOf } from '../../trust/principal.ts';
import { z } from 'zod';
import type { HostCall } from '../call-options.ts';
import { operationFindingSchema, type OperationFinding } from '../journal/journal-entry.ts';
import { applyReport } from './dispatch-operation.ts';
import { correlated, type OperationContext } from './operation-context.ts';
import { handleOf, type OperationRecord } from './operation-record.ts';

const unsent: readonly string[] = ['planned', 'awaiting-approval', 'approved'];

/** Cancels what was not sent at once, and asks the vendor about what was. Lowering risk waits for nobody's approval. */
export async function cancelOperation(context: OperationContext, key: string, by: string, reason: string, call: HostCall | undefined): Promise<'accepted' | 'too-late' | 'not-supported'> {
  const { ledger } = context;
  const who = parseOrThrow(z.strictObject({ by: z.string().min(1), reason: z.string().min(1) }), { by, reason }, 'cancel');
  const { operationKey, plugin } = ledger.find(key).submitted.handle;
  const record = await ledger.change(operationKey, ({ state }) => {
    if (isTerminalState(state)) return [];
    const request = { type: 'cancel-requested' as const, ...who };
    return unsent.includes(state) ? [request, { type: 'state', to: 'cancelled', reason: `cancelled by ${who.by}: ${who.reason}` }] : [request];
  });
  if (isTerminalState(record.state)) return record.state === 'cancelled' ? 'accepted' : 'too-late';
  const options = correlated(context, call);
  const connection = context.connectionOf(plugin);
  const answer = await connection.cancelOperation(handleOf(record), options);
  // The vendor's word on the state is its report, not its answer; an unknown operation is left to reconcile.
  if (answer === 'accepted' && record.state !== 'unknown' && record.report) await applyReport(context, operationKey, await connection.getOperation(handleOf(record), options));
  return answer;
}

/** Takes a person's finding about an unknown operation; for a destructive one two people have to agree. */
export async function resolveOperation({ ledger, options }: OperationContext, key: string, finding: OperationFinding, by: string, reason: string): Promise<OperationRecord> {
  const told = parseOrThrow(z.strictObject({ finding: operationFindingSchema, by: z.string().min(1), reason: z.string().min(1) }), { finding, by, reason }, 'resolve');
  return ledger.change(key, (record) => {
    const { operationKey } = record.submitted.handle;
    if (record.state !== 'unknown') throw new RecoveryError('conflict', `operation ${operationKey} is ${record.state}: only an unknown outcome is decided by people`);
    const agreeing = new Set([...record.findings.filter((earlier) => earlier.finding === told.finding).map((earlier) => earlier.by), told.by].map(principalKeyOf));
    const change = { type: 'finding' as const, ...told };
    if (record.submitted.effect === 'destructive' && agreeing.size < 2) return [change];
    const people = [...agreeing].join(' and ');
    const evidence = { kind: 'operator-finding', observedAt: instantAt(options.clock.now()), source: 'operator' as const, detail: { by: [...agreeing], reason: told.reason } };
    return [change, { type: 'state', to: told.finding, reason: `${people} found: ${told.reason}`, ...(told.finding === 'succeeded' ? { evidence } : {}) }];
  });
}
