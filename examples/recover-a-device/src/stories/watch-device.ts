import { RecoveryError, type DeviceBinding, type RecoverySession, type RestorePoint } from '@winre-kit/sdk';
import { systemClock } from '@winre-kit/sdk/host';
import type { DemoDevice } from '../world/demo-device.ts';
import type { OpenHost } from '../world/open-host.ts';

/** Nothing in the demo takes longer than this unless something is wrong. */
const patienceMs = 120_000;

/** The device as the EMM knows it, with its present enrolment. */
export async function bindingOf({ plugin }: OpenHost, device: DemoDevice): Promise<DeviceBinding> {
  const found = await plugin.devices.resolve({ serialNumber: device.serialNumber });
  if (!found) throw new RecoveryError('not-found', `the EMM knows no device with serial number ${device.serialNumber}`);
  return { id: found.id, enrolmentEpoch: found.enrolmentEpoch };
}

/** Waits until the host sees the device live in WinRE. */
export async function recoverySessionOf({ host }: OpenHost, binding: DeviceBinding): Promise<RecoverySession> {
  for await (const tracked of host.sessions.watch({ deviceId: binding.id, signal: AbortSignal.timeout(patienceMs) })) {
    if (tracked.state === 'live') return tracked.session;
  }
  throw new RecoveryError('session-lost', `no session of ${binding.id}`);
}

/** Asks the device for its restore points until there are `count`. */
export async function restorePointsOf({ plugin }: OpenHost, binding: DeviceBinding, count: number): Promise<RestorePoint[]> {
  const deadlineMs = systemClock.monotonicMs() + patienceMs;
  for (;;) {
    const points: RestorePoint[] = [];
    try {
      for await (const point of plugin.restore.listPoints(binding)) points.push(point);
    } catch (error) {
      // A device that is just starting, or has much to read, answers late; asking again changes nothing.
      if (!RecoveryError.isInstance(error) || !['device-unreachable', 'deadline-exceeded'].includes(error.code)) throw error;
    }
    if (points.length >= count) return points;
    if (systemClock.monotonicMs() > deadlineMs) throw new RecoveryError('deadline-exceeded', `device ${binding.id} has ${points.length} restore points, expected ${count}`);
    await systemClock.sleep(200);
  }
}

/** Waits until the device has left WinRE, which it does when its boot check passes. */
export async function untilBooted({ host }: OpenHost, { sessionId, device }: RecoverySession): Promise<void> {
  const isOver = (): boolean => (host.sessions.get(sessionId)?.state ?? 'ended') === 'ended';
  if (isOver()) return;
  for await (const tracked of host.sessions.watch({ deviceId: device.id, signal: AbortSignal.timeout(patienceMs) })) {
    if (isOver() || (tracked.session.sessionId === sessionId && tracked.state === 'ended')) return;
  }
}
