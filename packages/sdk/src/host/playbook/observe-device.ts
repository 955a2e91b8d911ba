import { RecoveryError } from '../../errors/recovery-error.ts';
import type { DeviceBinding } from '../../schemas/device.ts';
import type { RestorePoint } from '../../schemas/restore.ts';
import type { HostCall } from '../call-options.ts';
import type { Host } from '../host.ts';
import type { RecoveryEvidence } from './playbook.ts';

/** What host and plug-in know about a device. Whatever cannot be asked is left undefined: not known is not the same as not there. */
export async function observeDevice(host: Host, pluginId: string, device: DeviceBinding, call: HostCall): Promise<Omit<RecoveryEvidence, 'attempts' | 'nowMs' | 'startedMs'>> {
  const plugin = host.plugin(pluginId);
  const session = host.sessions.list({ pluginId, deviceId: device.id }).find(({ state }) => state === 'live');
  const listPoints = async (): Promise<readonly RestorePoint[]> => {
    const points: RestorePoint[] = [];
    for await (const point of plugin.restore.listPoints(device, call)) points.push(point);
    return points;
  };
  return {
    booted: false,
    sessionLive: session !== undefined,
    sessionId: session?.session.sessionId,
    nativeRemediation: await ifKnown(() => plugin.remediation.outcome(device, call), call),
    network: session?.network ?? (await ifKnown(() => plugin.network.current(device, call), call)),
    volumeLocked: undefined,
    restorePoints: await ifKnown(listPoints, call),
  };
}

async function ifKnown<Value>(ask: () => Promise<Value>, { signal }: HostCall): Promise<Value | undefined> {
  try {
    return await ask();
  } catch (error) {
    signal?.throwIfAborted();
    if (RecoveryError.isInstance(error)) return undefined;
    throw error;
  }
}
