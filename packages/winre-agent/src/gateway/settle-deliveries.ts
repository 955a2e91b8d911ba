import type { DeviceRecord, OperationRecord } from './gateway-records.ts';
import { moveOperation } from './move-operation.ts';

/** What an agent said about its ledger, in a hello or a poll. */
export interface LedgerStanding {
  readonly lastCommandSequence: number;
  /** In a hello only. */
  readonly stateGeneration?: string;
  /** Keys of operations in the ledger that are not finished and acknowledged; in a hello only. */
  readonly openOperationKeys?: ReadonlySet<string>;
}

export interface Settlement {
  /** The device record to write, or nothing when it stays as it is. */
  readonly device: DeviceRecord | undefined;
  /** Only those that changed. */
  readonly operations: readonly OperationRecord[];
  readonly ledger: 'intact' | 'lost' | 'ahead';
}

/**
 * Decides what became of commands that have left, from what the agent says it holds. Pure.
 *
 * An agent speaks only after it has given up every earlier answer of the gateway, so a retired command above `lastCommandSequence` never arrived and never
 * will. When the ledger was lost or went back nothing can be told about what had left; when the agent is ahead of the gateway it is the gateway's store
 * that went back, and nothing can be told about what waits either. What cannot be told is never sent again.
 */
export function settleDeliveries(device: DeviceRecord, operations: readonly OperationRecord[], said: LedgerStanding, nowMs: number): Settlement {
  const lost = (said.stateGeneration !== undefined && said.stateGeneration !== device.stateGeneration) || said.lastCommandSequence < device.acknowledgedSequence;
  const ledger = said.lastCommandSequence > device.commandSequence ? 'ahead' : lost ? 'lost' : 'intact';
  const changed = operations.filter(({ carriedBy }) => carriedBy === undefined).flatMap((operation) => {
    const after = ledger === 'intact' ? settleIntact(operation, said, nowMs) : settleLost(operation, ledger, nowMs);
    return after ? [after] : [];
  });
  const commandSequence = Math.max(device.commandSequence, said.lastCommandSequence);
  const stateGeneration = said.stateGeneration ?? device.stateGeneration;
  const same = commandSequence === device.commandSequence && stateGeneration === device.stateGeneration && said.lastCommandSequence === device.acknowledgedSequence;
  return {
    device: same ? undefined : { ...device, revision: device.revision + 1, commandSequence, stateGeneration, acknowledgedSequence: said.lastCommandSequence },
    operations: changed,
    ledger,
  };
}

function settleLost(operation: OperationRecord, ledger: 'lost' | 'ahead', nowMs: number): OperationRecord | undefined {
  const left = operation.delivery === 'retired' || operation.delivery === 'received';
  if (!left && !(ledger === 'ahead' && operation.delivery === 'queued')) return undefined;
  const message = ledger === 'lost' ? 'the device lost its record of executed operations: whether this one ran cannot be told' : 'the device knows of later commands than the gateway: whether this one ran cannot be told';
  return moveOperation(operation, { delivery: 'outcome-unknown', state: 'unknown', rawState: 'outcome-unknown', message }, nowMs);
}

function settleIntact(operation: OperationRecord, said: LedgerStanding, nowMs: number): OperationRecord | undefined {
  const { commandSequence } = operation;
  if (operation.delivery === 'retired' && commandSequence !== undefined) {
    if (commandSequence > said.lastCommandSequence) return settleNotReceived(operation, nowMs);
    if (!isForgotten(operation, said)) return moveOperation(operation, { delivery: 'received', state: 'delivered', rawState: 'received', message: 'the device has it in its ledger', commandSequence }, nowMs);
  }
  if ((operation.delivery === 'retired' || operation.delivery === 'received') && isForgotten(operation, said)) {
    return moveOperation(operation, { delivery: 'outcome-unknown', state: 'unknown', rawState: 'outcome-unknown', message: 'the device received it but its ledger does not hold it any more: whether it ran cannot be told' }, nowMs);
  }
  return undefined;
}

function isForgotten(operation: OperationRecord, said: LedgerStanding): boolean {
  return said.openOperationKeys !== undefined && operation.continuedAs === undefined && !said.openOperationKeys.has(operation.operationKey);
}

/** A destructive operation waits until its caller, who reconciles, starts it again; any other one just goes back into the queue. */
function settleNotReceived(operation: OperationRecord, nowMs: number): OperationRecord {
  if (operation.effect === 'destructive') {
    return moveOperation(operation, { delivery: 'not-received', state: 'unknown', rawState: 'not-received', message: 'it was lost on the way to the device, which never saw it: start it again' }, nowMs);
  }
  return moveOperation(operation, { delivery: 'queued', state: 'accepted', rawState: 'queued', message: 'it was lost on the way to the device and waits for the next poll' }, nowMs);
}
