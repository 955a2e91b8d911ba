import { deviceSchema, instantAt, RecoveryError, type CallContext, type Device, type HostServices, type OperationHandle, type PluginInstance } from '@winre-kit/sdk';
import { requestJson } from '@winre-kit/sdk/plugin-kit';

/** An instance that lists devices and nothing else: the least that a host opens. */
export function openExampleInstance(baseUrl: string, services: HostServices): PluginInstance {
  const devicesAt = (path: string, call: CallContext): Promise<Device[]> => requestJson(services, { what: 'read devices', method: 'GET', url: `${baseUrl}${path}`, call }, deviceSchema.array());
  const unknown = ({ operationKey }: OperationHandle): never => {
    throw new RecoveryError('not-found', `this plug-in starts no operations, so there is no ${operationKey}`);
  };
  return {
    probe: async () => ({ state: 'ready', checks: [], observedAt: instantAt(services.clock.now()) }),
    capabilitiesFor: async () => ({ abilities: undefined, unavailable: {} }),
    devices: {
      async *doList(_request, call) {
        yield* await devicesAt('/devices', call);
      },
      async doGet(deviceId, call) {
        const [device] = await devicesAt(`/devices?id=${encodeURIComponent(deviceId)}`, call);
        if (!device) throw new RecoveryError('not-found', `no device ${deviceId}`);
        return device;
      },
      doResolve: async (query, call) => (await devicesAt(`/devices?${new URLSearchParams({ ...query }).toString()}`, call))[0],
    },
    operations: {
      doGet: async (handle) => unknown(handle),
      async *doList() {},
      async *doWatch(handle) {
        yield unknown(handle);
      },
      doCancel: async () => 'not-supported',
      doReconcile: async () => ({ finding: 'absent', reason: 'this plug-in starts no operations' }),
    },
    drain: async () => {},
    async [Symbol.asyncDispose]() {},
  };
}
