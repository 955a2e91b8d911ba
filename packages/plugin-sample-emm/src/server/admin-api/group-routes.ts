import { deviceIdSchema, networkProfileSchema, RecoveryError, remediationPolicySchema, restorePolicySchema, SecretValue } from '@winre-kit/sdk';
import { winreNetworkSchema, type WinreNetwork } from '@winre-kit/sdk/windows';
import { Hono } from 'hono';
import { z } from 'zod';
import { sealNetwork } from '../mdm-endpoint/network-secrets.ts';
import type { MdmGroup, StoredSettings } from '../store/mdm-settings-store.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { readBody } from './read-body.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

const membersSchema = z.strictObject({ deviceIds: z.array(deviceIdSchema).max(10_000) });
const settingsSchema = z.strictObject({
  remediation: remediationPolicySchema.optional(),
  restore: restorePolicySchema.optional(),
  networks: z.array(z.strictObject({ profile: networkProfileSchema, key: z.string().min(1).max(256).optional() })).max(32).optional(),
});
const groupNamePattern = /^[\w.-]{1,64}$/;

/** Groups of devices with one desired state, which MDM-enrolled devices get in their sessions. */
export function groupRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { settings } = services.mdm;
  const maySee = requirePermission('policies.read');
  const mayChange = requirePermission('policies.write');
  const requireGroup = (tenantId: string, name: string): MdmGroup => {
    const group = settings.readGroup(tenantId, name);
    if (!group) throw new RecoveryError('not-found', `tenant ${tenantId} has no group ${name}`);
    return group;
  };
  return new Hono<AdminEnvironment>()
    .get('/groups/:name', maySee, (context) => {
      const { name, deviceIds } = requireGroup(context.get('caller').tenantId, pathPart(context, 'name'));
      return context.json({ name, deviceIds });
    })
    .put('/groups/:name', mayChange, async (context) => {
      const { deviceIds } = await readBody(context, membersSchema, 'group');
      const name = requireGroupName(pathPart(context, 'name'));
      const caller = context.get('caller');
      for (const deviceId of new Set(deviceIds)) await requireOwnDevice(services, caller, deviceId);
      settings.putMembers(caller.tenantId, name, deviceIds);
      return context.json({ name, deviceIds: requireGroup(caller.tenantId, name).deviceIds });
    })
    .get('/groups/:name/settings', maySee, (context) => context.json(settingsView(requireGroup(context.get('caller').tenantId, pathPart(context, 'name')).settings)))
    .put('/groups/:name/settings', mayChange, async (context) => {
      const { networks, ...policies } = await readBody(context, settingsSchema, 'group settings');
      const name = requireGroupName(pathPart(context, 'name'));
      const { tenantId } = context.get('caller');
      const wanted = networks?.map((network, index) => networkOf(network, index));
      requireEachOnce(wanted ?? []);
      const sealed = wanted && (await Promise.all(wanted.map((network) => sealNetwork(network, tenantId, `group:${name}`, services.escrow))));
      const stored: StoredSettings = { ...policies, ...(sealed && { networks: sealed }) };
      settings.putSettings(tenantId, name, stored);
      return context.json(settingsView(stored));
    });
}

/** Settings as they are shown: of a key only that there is one. */
export function settingsView({ networks, ...policies }: StoredSettings): object {
  return { ...policies, ...(networks && { networks: networks.map(({ profile, sealedKey }) => ({ profile, hasKey: sealedKey !== undefined })) }) };
}

function requireGroupName(name: string): string {
  if (groupNamePattern.test(name)) return name;
  throw new RecoveryError('invalid-argument', 'path: name: expected up to 64 letters, digits, dots, dashes and underscores', { fieldPath: 'name' });
}

function networkOf({ profile, key }: NonNullable<z.output<typeof settingsSchema>['networks']>[number], index: number): WinreNetwork {
  const network = winreNetworkSchema.safeParse({ profile, ...(key !== undefined && { key: new SecretValue(key) }) });
  if (network.success) return network.data;
  throw new RecoveryError('invalid-argument', `group settings: networks.${index}: expected a Wi-Fi profile; WinRE has no other settings of this kind`, { fieldPath: `networks.${index}` });
}

function requireEachOnce(networks: readonly WinreNetwork[]): void {
  const ssids = networks.map(({ profile }) => profile.ssid);
  if (new Set(ssids).size !== ssids.length) throw new RecoveryError('invalid-argument', 'group settings: networks: expected each SSID once', { fieldPath: 'networks' });
}
