import { instantAt, isTerminalState, type OperationReport, type OperationState } from '@winre-kit/sdk';
import type { DeliveryState, OperationRecord } from './gateway-records.ts';

/** Where an operation goes, and why. */
export interface OperationMove {
  readonly delivery: DeliveryState;
  readonly state: OperationState;
  /** The gateway's own word, for people. */
  readonly rawState: string;
  readonly message: string;
  readonly deviceCode?: string;
  readonly commandSequence?: number;
}

/** The record after a move: one revision more, delivery and report changed together. */
export function moveOperation(record: OperationRecord, move: OperationMove, nowMs: number): OperationRecord {
  const { commandSequence: _, ...kept } = record;
  const { state, rawState, message, deviceCode, commandSequence } = move;
  const report: OperationReport = { ...record.report, state, rawState, message, observedAt: instantAt(nowMs), ...(deviceCode !== undefined && { deviceCode }) };
  const delivery = isTerminalState(state) ? 'closed' : move.delivery;
  return { ...kept, revision: record.revision + 1, delivery, report, ...(commandSequence !== undefined && { commandSequence }) };
}
