import { instantAt, isTerminalState, RecoveryError, type CallContext, type Device, type HostServices, type Intent, type OperationReportInput, type PlanDraftInput, type PluginInstance, type RecoveryAbilities } from '@winre-kit/sdk';
import type { FakePluginConfig } from './fake-plugin-config.ts';
import { planFakeOperation } from './fake-plugin-plan.ts';
import type { AnyStartRequest } from './model-operation.ts';
import type { ModelVendor } from './model-vendor.ts';

const abilities: RecoveryAbilities = { interpreters: ['cmd', 'sh'], networkKinds: ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk'], maxScriptBytes: 1_048_576 };

/** An instance over the model vendor. Everything it keeps is at the vendor, so a second instance sees the same. */
export function openFakePlugin(config: FakePluginConfig, services: HostServices, vendor: ModelVendor): PluginInstance {
  const { clock } = services;
  const closing = new AbortController();
  const closed = (): RecoveryError => new RecoveryError('cancelled', 'the fake plug-in is closed');
  const running = new Set<Promise<unknown>>();
  const signalOf = (call: CallContext): AbortSignal => AbortSignal.any([call.signal, closing.signal]);
  let draining = false;

  const enter = (call: CallContext): void => {
    call.signal.throwIfAborted();
    if (draining || closing.signal.aborted) throw closed();
  };
  /** Every call goes through here, so that closing and draining know of it. */
  const during = <Value>(call: CallContext, work: () => Value | Promise<Value>): Promise<Value> => {
    const result = (async () => {
      enter(call);
      return work();
    })();
    running.add(result);
    const forget = (): void => void running.delete(result);
    result.then(forget, forget);
    return result;
  };
  async function* each<Item>(call: CallContext, items: () => Iterable<Item>): AsyncGenerator<Item, void, undefined> {
    enter(call);
    for (const item of items()) {
      yield item;
      signalOf(call).throwIfAborted();
    }
  }
  const deviceOf = (deviceId: string): Device => {
    const device = vendor.devices.get(deviceId);
    if (!device || device.tenantId !== config.tenantId) throw new RecoveryError('not-found', `no device ${deviceId} in tenant ${config.tenantId}`);
    return device;
  };
  const ownKeyOf = (operationKey: string): string => {
    if (!vendor.operations.some(({ request }) => request.operationKey === operationKey && request.intent.tenantId === config.tenantId)) throw new RecoveryError('not-found', `no operation ${operationKey} in tenant ${config.tenantId}`);
    return operationKey;
  };
  const sendSecrets = async ({ intent }: AnyStartRequest, signal: AbortSignal): Promise<void> => {
    const refs = [config.token, intent.capability === 'winre.network.configure' && 'key' in intent.profile ? intent.profile.key : undefined];
    for (const ref of refs) {
      if (!ref) continue;
      using lease = await services.secrets.resolve(ref, { signal });
      vendor.secretsReceived.push(lease.value);
    }
  };
  const verb = {
    doPlan: (intent: Intent, call: CallContext): Promise<PlanDraftInput> => during(call, () => planFakeOperation(intent, vendor, clock)),
    doStart: (request: AnyStartRequest, call: CallContext): Promise<OperationReportInput> => during(call, async () => {
      deviceOf(request.intent.device.id);
      await sendSecrets(request, signalOf(call));
      return vendor.start(request, signalOf(call));
    }),
  };

  return {
    probe: (call) => during(call, () => ({ state: 'ready', checks: [{ id: 'model-vendor', passed: true, detail: 'in memory' }], observedAt: instantAt(clock.now()) })),
    capabilitiesFor: (device, call) => during(call, () => {
      deviceOf(device.id);
      return { abilities, unavailable: {} };
    }),
    devices: {
      async *doList(_request, call) {
        // A live map is walked without skipping or repeating while others are added and removed.
        for await (const device of each(call, () => vendor.devices.values())) if (device.tenantId === config.tenantId) yield device;
      },
      doGet: (deviceId, call) => during(call, () => deviceOf(deviceId)),
      doResolve: (query, call) => during(call, () => {
        const found = [...vendor.devices.values()].filter((device) => device.tenantId === config.tenantId && ('serialNumber' in query ? device.serialNumber === query.serialNumber : device.id === query.vendorId));
        if (found.length > 1) throw new RecoveryError('conflict', `${found.length} devices match: name one by its id`);
        return found[0];
      }),
    },
    sessions: {
      async *doWatch(request, call) {
        enter(call);
        yield* vendor.sessions.watch(request, signalOf(call));
      },
      doList: (call) => each(call, () => vendor.sessions.list()),
      doGet: (sessionId, call) => during(call, () => vendor.sessions.get(sessionId)),
      enter: verb,
      exit: verb,
    },
    scripts: verb,
    packages: verb,
    network: { ...verb, doCurrent: (device, call) => during(call, () => ({ connected: !vendor.offlineDevices.has(deviceOf(device.id).id), kind: 'ethernet-dhcp', addresses: ['192.0.2.10'] })) },
    restore: {
      ...verb,
      policy: {
        doGet: (device, call) => during(call, () => vendor.restorePolicies.get(deviceOf(device.id).id)),
        doSet: (device, policy, call) => during(call, () => {
          vendor.restorePolicies.set(deviceOf(device.id).id, policy);
          return { notices: [] };
        }),
      },
      doListPoints: (device, call) => each(call, () => {
        deviceOf(device.id);
        return vendor.restorePoints.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
      }),
    },
    rebuild: { ...verb, doListOfferings: (_device, call) => each(call, () => vendor.offerings) },
    remediation: {
      policy: {
        doGet: (device, call) => during(call, () => vendor.remediationPolicies.get(deviceOf(device.id).id)),
        doSet: (device, policy, call) => during(call, () => {
          vendor.remediationPolicies.set(deviceOf(device.id).id, policy);
          return { notices: [] };
        }),
      },
      test: verb,
      doOutcome: (_device, call) => during(call, () => ({ state: 'not-run', observedAt: instantAt(clock.now()) })),
    },
    recoveryKeys: {
      doEscrowStatus: (device, call) => during(call, () => ({ escrowed: deviceOf(device.id) !== undefined, observedAt: instantAt(clock.now()), volumes: [{ volumeId: 'os', keyId: 'key-1', escrowedAt: instantAt(0) }] })),
      rotate: verb,
      release: verb,
    },
    artifacts: {
      doList: (device, call) => each(call, () => vendor.artifacts.filter(({ deviceId }) => deviceId === device.id).map(({ bytesOf: _bytes, deviceId: _device, ...reference }) => reference)),
      async *doRead(artifactId, call) {
        enter(call);
        const artifact = vendor.artifacts.find(({ id }) => id === artifactId);
        if (!artifact) throw new RecoveryError('not-found', `no artifact ${artifactId}`);
        if (!vendor.consentedCategories.has(artifact.category)) throw new RecoveryError('permission-denied', `the tenant has not opted into ${artifact.category}`);
        yield artifact.bytesOf;
      },
    },
    operations: {
      doGet: (handle, call) => during(call, () => vendor.read(ownKeyOf(handle.operationKey))),
      doList: ({ deviceId }, call) => each(call, () => vendor.operations.filter(({ request: { intent } }) => intent.tenantId === config.tenantId && (deviceId === undefined || intent.device.id === deviceId)).map(({ request }) => vendor.read(request.operationKey))),
      async *doWatch(handle, call) {
        enter(call);
        const signal = signalOf(call);
        for (let last: string | undefined; ;) {
          signal.throwIfAborted();
          const report = vendor.read(ownKeyOf(handle.operationKey));
          if (report.state !== last) yield report;
          last = report.state;
          if (isTerminalState(report.state)) return;
          await clock.sleep(1_000, { signal });
        }
      },
      doCancel: (handle, call) => during(call, () => vendor.cancel(ownKeyOf(handle.operationKey))),
      doReconcile: (handle, call) => during(call, () => vendor.reconcile(handle.operationKey)),
    },
    async drain(deadlineMs) {
      draining = true;
      const done = new AbortController();
      const timeout = clock.sleep(Math.max(0, deadlineMs - clock.now()), { signal: done.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(running), timeout]);
      done.abort();
    },
    [Symbol.asyncDispose]: () => {
      if (!closing.signal.aborted) closing.abort(closed());
      return Promise.resolve();
    },
  };
}
