import { digestJson } from '@winre-kit/sdk';
import type { PollReply, PollRequest } from '../protocol/index.ts';
import type { GatewayCore } from './gateway-core.ts';
import type { DeviceRecord, TenantRecord } from './gateway-records.ts';
import { signedRevocationsOf } from './tenant-trust.ts';

/** Names one state of what the device is to follow. */
export async function settingsVersionOf(device: DeviceRecord, tenant: TenantRecord): Promise<string> {
  return (await digestJson({ policies: device.policies, consent: tenant.consent })).slice(0, 16);
}

/** Names one state of everything a poll may bring besides commands. */
export async function newsVersionOf(device: DeviceRecord, tenant: TenantRecord): Promise<string> {
  return `${tenant.trustSequence} ${tenant.revocations.sequence} ${await settingsVersionOf(device, tenant)}`;
}

/** What is newer than what the agent says it has. */
export async function newsFor(core: GatewayCore, device: DeviceRecord, tenant: TenantRecord, has: Pick<PollRequest, 'trustSequence' | 'revocationsSequence' | 'settingsVersion'>): Promise<Partial<PollReply>> {
  const settingsVersion = await settingsVersionOf(device, tenant);
  return {
    ...(has.trustSequence < tenant.trustSequence && { trustUpdates: tenant.trustUpdates.filter((update) => update.statement.sequence > has.trustSequence) }),
    ...(has.revocationsSequence < tenant.revocations.sequence && { revocations: await signedRevocationsOf(core, tenant) }),
    ...(has.settingsVersion !== settingsVersion && { policies: device.policies, consent: tenant.consent, settingsVersion }),
  };
}
