import { systemClock } from '@winre-kit/plugin-sample-emm/server';
import { createMdmClient, type MdmClient, type MdmClientSettings } from '@winre-kit/testkit/mdm-client';
import type { AdminCaller } from './emm-world.ts';

/** Where an EMM is and who enrols devices there. */
export interface MdmServer {
  readonly url: string;
  readonly caCertificatePem: string;
  readonly admin: AdminCaller;
}

/** A simulated Windows PC that is enrolled for MDM over real HTTPS. */
export async function enrolMdmClient({ url, caCertificatePem, admin }: MdmServer, settings: Partial<MdmClientSettings> & { readonly hardwareId: string }): Promise<MdmClient> {
  const client = createMdmClient({ build: '10.0.26100.8737', deviceName: settings.hardwareId, clock: systemClock, trustedAuthoritiesPem: caCertificatePem, keyKind: 'ecdsa-p256', ...settings });
  const { body } = await admin('POST', '/enrolment-tokens', { hardwareId: settings.hardwareId });
  await client.enrol({ discoveryUrl: `${url}/EnrollmentServer/Discovery.svc`, userName: 'user@contoso.example', password: body.token });
  return client;
}

/** What the admin API says of a device's MDM, as far as tests look into it. */
export interface MdmView {
  readonly enrolled: boolean;
  readonly group: string | null;
  readonly desired: object;
  readonly osBuild: string;
  readonly dialect: string;
  readonly drift: readonly { readonly uri: string; readonly kind: string }[];
  readonly notExpressed: readonly { readonly setting: string; readonly kind: string }[];
  readonly lastSession: { readonly outcome: string; readonly refusals: readonly { readonly uri: string; readonly status: number }[]; readonly retries: number };
  readonly execs: readonly { readonly execKey: string; readonly state: string; readonly status?: number }[];
}

/** The EMM's id of a device. */
export async function deviceIdOf(admin: AdminCaller, hardwareId: string): Promise<string> {
  const { items } = (await admin('GET', '/devices?pageSize=500')).body as unknown as { readonly items: readonly { readonly id: string; readonly hardwareId: string }[] };
  const found = items.find((device) => device.hardwareId === hardwareId);
  if (!found) throw new TypeError(`no device ${hardwareId}`);
  return found.id;
}

export async function mdmOf(admin: AdminCaller, hardwareId: string): Promise<MdmView> {
  return (await admin('GET', `/devices/${await deviceIdOf(admin, hardwareId)}/mdm`)).body as unknown as MdmView;
}
