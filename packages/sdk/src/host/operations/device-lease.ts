import { RecoveryError } from '../../errors/recovery-error.ts';
import type { OperationState } from '../../schemas/operation.ts';
import type { OperationRecord } from './operation-record.ts';

const holding: ReadonlySet<OperationState> = new Set<OperationState>(['dispatching', 'awaiting-vendor-approval', 'accepted', 'delivered', 'running', 'verifying', 'unknown']);

/** Lets one operation at a time have a device: while it is being started here, and as long as its record says it is under way. */
export interface DeviceLeases {
  /** @throws {RecoveryError} `conflict` naming the operation that holds the device */
  take(record: OperationRecord, all: Iterable<OperationRecord>): Disposable;
}

export function createDeviceLeases(): DeviceLeases {
  const starting = new Map<string, string>();
  return {
    take({ submitted: { handle } }, all) {
      const device = `${handle.plugin}\n${handle.device.id}`;
      const holder = starting.get(device) ?? [...all].find((other) => other.submitted.handle.operationKey !== handle.operationKey && deviceOf(other) === device && holding.has(other.state))?.submitted.handle.operationKey;
      if (holder !== undefined) throw new RecoveryError('conflict', `operation ${holder} holds device ${handle.device.id}: wait until it has ended, or cancel it`, { facts: { holder } });
      starting.set(device, handle.operationKey);
      return { [Symbol.dispose]: () => void starting.delete(device) };
    },
  };
}

function deviceOf({ submitted: { handle } }: OperationRecord): string {
  return `${handle.plugin}\n${handle.device.id}`;
}
