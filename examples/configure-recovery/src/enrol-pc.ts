import assert from 'node:assert/strict';
import type { RemediationPolicy, RestorePolicy } from '@winre-kit/sdk';
import type { Drift, NotExpressed } from '@winre-kit/sdk/windows';
import { systemClock } from '@winre-kit/plugin-sample-emm/server';
import type { CanarySecrets } from '@winre-kit/testkit';
import { createMdmClient, type DeviceSettings, type MdmClient } from '@winre-kit/testkit/mdm-client';
import type { EmmConnection } from './emm-connection.ts';

/** Recovery settings as the EMM shows them: members that nobody set, or that a device did not give, are absent. */
export interface ShownSettings {
  readonly remediation?: Partial<RemediationPolicy>;
  readonly restore?: Partial<RestorePolicy>;
  readonly networks?: readonly { readonly profile: { readonly ssid: string } }[];
}

/** What the EMM knows of a device by MDM: `GET /admin/v1/devices/{id}/mdm`. */
export interface MdmView {
  readonly osBuild: string;
  readonly dialect: 'recovery' | 'remote-remediation' | 'none';
  /** Of the device and its group together. */
  readonly desired: ShownSettings;
  /** Absent while nothing could be read: the device has neither provider. */
  readonly actual?: { readonly remediation: Partial<RemediationPolicy>; readonly restore: Partial<RestorePolicy>; readonly networks: readonly { readonly ssid: string }[] };
  readonly drift: readonly Drift[];
  readonly notExpressed: readonly NotExpressed[];
  readonly lastSession: { readonly outcome: string };
}

/** A simulated Windows PC that is enrolled. */
export interface ManagedPc {
  readonly name: string;
  readonly isInsider: boolean;
  /** The EMM's id of the device. */
  readonly id: string;
  readonly enrolmentEpoch: string;
  readonly client: MdmClient;
  /** Runs one session, as Windows does by its schedule; gives what the EMM knows afterwards, and verb and address of every change it was told. */
  sync(): Promise<{ readonly view: MdmView; readonly changes: readonly string[] }>;
}

/** @param secrets are told the enrolment token, to be searched for later */
export async function enrolPc(emm: EmmConnection, secrets: Pick<CanarySecrets, 'plant'>, settings: Omit<DeviceSettings, 'hardwareId'>): Promise<ManagedPc> {
  const { deviceName: name, isInsider = false } = settings;
  // #region enrol
  const client = createMdmClient({ ...settings, hardwareId: name, clock: systemClock, trustedAuthoritiesPem: emm.caCertificatePem });
  const { token } = await emm.admin<{ token: string }>('POST', '/enrolment-tokens', { hardwareId: name });
  await client.enrol({ discoveryUrl: `${emm.url}/EnrollmentServer/Discovery.svc`, userName: 'user@contoso.example', password: token });
  // #endregion
  secrets.plant(`enrolment token of ${name}`, token);
  const { items } = await emm.admin<{ items: readonly { id: string; hardwareId: string; enrolmentEpoch: string }[] }>('GET', '/devices');
  const device = items.find(({ hardwareId }) => hardwareId === name);
  assert(device, `the EMM lists ${name}`);
  const { id, enrolmentEpoch } = device;
  return {
    name, isInsider, id, enrolmentEpoch, client,
    async sync() {
      const { ending, violations, transcript } = await client.sync();
      assert.deepEqual([ending, violations], ['completed', []]);
      const sent = transcript.filter(({ from }) => from === 'server').map(({ text }) => text).join('');
      const changes = [...sent.matchAll(/<(?<verb>Add|Replace|Delete)>.*?<LocURI>(?<uri>[^<]*)</gs)].map(({ groups }) => `${groups?.['verb']} ${groups?.['uri']}`);
      return { view: await emm.admin<MdmView>('GET', `/devices/${id}/mdm`), changes };
    },
  };
}
