import { definePlugin, remediationPolicySchema, restorePolicySchema, type HostServices, type PluginInstance } from '@winre-kit/sdk';
import { listArtifacts } from './artifacts/list-artifacts.ts';
import { readArtifact } from './artifacts/read-artifact.ts';
import { createCallGate } from './call-gate.ts';
import { devicePolicy } from './devices/device-policy.ts';
import { getDevice } from './devices/get-device.ts';
import { listDevices } from './devices/list-devices.ts';
import { resolveDevice } from './devices/resolve-device.ts';
import { escrowStatus } from './keys/escrow-status.ts';
import { planReleaseKey } from './keys/release-key.ts';
import { planRotateKey } from './keys/rotate-key.ts';
import { planConfigureNetwork } from './network/configure-network.ts';
import { currentNetwork } from './network/current-network.ts';
import { cancelOperation } from './operations/cancel-operation.ts';
import { getOperation } from './operations/get-operation.ts';
import { listOperations } from './operations/list-operations.ts';
import { createOperationFence } from './operations/operation-fence.ts';
import { operationVerb } from './operations/operation-verb.ts';
import { reconcileOperation } from './operations/reconcile-operation.ts';
import { watchOperation } from './operations/watch-operation.ts';
import { planPushPackage } from './packages/push-package.ts';
import { listOfferings } from './rebuild/list-offerings.ts';
import { planRebuild } from './rebuild/trigger-rebuild.ts';
import { readRemediationOutcome } from './remediation/read-outcome.ts';
import { planRemediationTest } from './remediation/start-remediation-test.ts';
import { listRestorePoints } from './restore/list-restore-points.ts';
import { planRestore } from './restore/trigger-restore.ts';
import { deviceCapabilities } from './sample-emm-abilities.ts';
import { sampleEmmCapabilities } from './sample-emm-capabilities.ts';
import { createSampleEmmClient } from './sample-emm-client.ts';
import { sampleEmmConfigSchema, type SampleEmmConfig } from './sample-emm-config.ts';
import { sampleEmmPluginId } from './sample-emm-id.ts';
import { sampleEmmManifest } from './sample-emm-manifest.ts';
import { probeSampleEmm, requireWorkingConfig } from './sample-emm-probe.ts';
import type { SampleEmm } from './sample-emm.ts';
import { planPushScript } from './scripts/push-script.ts';
import { planEnterSession } from './sessions/enter-session.ts';
import { planExitSession } from './sessions/exit-session.ts';
import { getSession } from './sessions/get-session.ts';
import { listSessions } from './sessions/list-sessions.ts';
import { watchSessions } from './sessions/watch-sessions.ts';

/** The recovery plug-in for the sample EMM: every capability of the contract, one verb a file. Copy it to write your own. */
export const sampleEmmPlugin = definePlugin<typeof sampleEmmConfigSchema>({
  id: sampleEmmPluginId,
  specVersion: 'v1',
  version: '0.1.0',
  displayName: 'Sample EMM',
  configSchema: sampleEmmConfigSchema,
  manifest: sampleEmmManifest,
  describe: () => sampleEmmCapabilities,
  async validateConfig(config, services) {
    using client = createSampleEmmClient(config, services);
    await requireWorkingConfig(client, config, { signal: services.signal, correlationId: services.ids.next('correlation') });
  },
  open: (config, services) => Promise.resolve(openInstance(config, services)),
});

function openInstance(config: SampleEmmConfig, services: HostServices): PluginInstance {
  const { clock, secrets, signal } = services;
  const client = createSampleEmmClient(config, services);
  const gate = createCallGate(clock, signal);
  const emm: SampleEmm = { client, config, clock, secrets, fence: createOperationFence(services.storage), gate };
  return {
    probe: (context) => gate.call(context, (call) => probeSampleEmm(emm, call)),
    capabilitiesFor: (device, context) => gate.call(context, (call) => deviceCapabilities(emm, device, call)),
    devices: {
      doList: (request, context) => gate.stream(context, (call) => listDevices(emm, request, call)),
      doGet: (deviceId, context) => gate.call(context, (call) => getDevice(emm, deviceId, call)),
      doResolve: (query, context) => gate.call(context, (call) => resolveDevice(emm, query, call)),
    },
    sessions: {
      doWatch: (request, context) => gate.stream(context, (call) => watchSessions(emm, request, call)),
      doList: (context) => gate.stream(context, (call) => listSessions(emm, call)),
      doGet: (sessionId, context) => gate.call(context, (call) => getSession(emm, sessionId, call)),
      enter: operationVerb(emm, planEnterSession),
      exit: operationVerb(emm, planExitSession),
    },
    scripts: operationVerb(emm, planPushScript),
    packages: operationVerb(emm, planPushPackage),
    network: { ...operationVerb(emm, planConfigureNetwork), doCurrent: (device, context) => gate.call(context, (call) => currentNetwork(emm, device.id, call)) },
    restore: {
      ...operationVerb(emm, planRestore),
      policy: devicePolicy(emm, 'restore', restorePolicySchema),
      doListPoints: (device, context) => gate.stream(context, (call) => listRestorePoints(emm, device.id, call)),
    },
    rebuild: { ...operationVerb(emm, planRebuild), doListOfferings: (device, context) => gate.stream(context, (call) => listOfferings(emm, device.id, call)) },
    remediation: {
      policy: devicePolicy(emm, 'remediation', remediationPolicySchema),
      test: operationVerb(emm, planRemediationTest),
      doOutcome: (device, context) => gate.call(context, (call) => readRemediationOutcome(emm, device.id, call)),
    },
    recoveryKeys: {
      doEscrowStatus: (device, context) => gate.call(context, (call) => escrowStatus(emm, device.id, call)),
      rotate: operationVerb(emm, planRotateKey),
      release: operationVerb(emm, planReleaseKey),
    },
    artifacts: {
      doList: (device, context) => gate.stream(context, (call) => listArtifacts(emm, device.id, call)),
      doRead: (artifactId, context) => gate.stream(context, (call) => readArtifact(emm, artifactId, call)),
    },
    operations: {
      doGet: (handle, context) => gate.call(context, (call) => getOperation(emm, handle, call)),
      doList: (request, context) => gate.stream(context, (call) => listOperations(emm, request, call)),
      doWatch: (handle, context) => gate.stream(context, (call) => watchOperation(emm, handle, call)),
      doCancel: (handle, context) => gate.call(context, (call) => cancelOperation(emm, handle, call)),
      doReconcile: (handle, context) => gate.call(context, (call) => reconcileOperation(emm, handle, call)),
    },
    drain: (deadlineMs) => gate.drain(deadlineMs),
    [Symbol.asyncDispose]() {
      gate.close();
      client[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}
