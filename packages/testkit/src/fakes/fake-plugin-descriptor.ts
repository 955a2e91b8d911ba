import { capabilityFloors, type CapabilityDescriptorInput, type CapabilityId, type ClaimedCapability } from '@winre-kit/sdk';

/** Claims every capability of the contract, each at its floor, with the parameters that the model vendor has. */
export function describeFakePlugin(pluginId: string): CapabilityDescriptorInput {
  const parameters: ClaimedCapability['parameters'] = {
    scriptInterpreters: ['cmd', 'sh'], maxScriptBytes: 1_048_576, maxPackageBytes: 16 * 1_048_576, networkKinds: ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk'],
    detectionLatencyMs: 0, logStreaming: true, delivery: { mode: 'push' }, cancel: 'before-delivery', dryRun: 'emulated', idempotency: 'native',
  };
  const claims = (Object.keys(capabilityFloors) as CapabilityId[]).map((id) => {
    const { effect, reversibility } = capabilityFloors[id];
    return [id, { level: 'stable', effect, reversibility, parameters }] as const;
  });
  return { plugin: pluginId, specVersion: 'v1', capabilities: Object.fromEntries(claims) };
}
