import type { MdmClient } from '@winre-kit/testkit/mdm-client';
import { enrolMdmClient, type MdmServer } from '../../test/mdm-device.ts';
import { kindAt, type DeviceKind } from './device-kinds.table.ts';
import { inParallel } from './in-parallel.ts';

/** An enrolled device of the fleet. */
export interface FleetDevice {
  readonly hardwareId: string;
  /** The EMM's. */
  readonly deviceId: string;
  readonly kind: DeviceKind;
  readonly client: MdmClient;
}

/** Enrolments take turns as they do when PCs are rolled out; only check-ins come all at once. */
const enrolmentsAtOnce = 8;

/** Enrols that many devices, of all kinds, and makes them the members of a group. */
export async function enrolFleet(server: MdmServer, groupName: string, count: number): Promise<readonly FleetDevice[]> {
  const indices = Array.from({ length: count }, (_, index) => index);
  const enrolled = await inParallel(indices, enrolmentsAtOnce, async (index) => {
    const kind = kindAt(index);
    const hardwareId = `fleet-${index}`;
    return { hardwareId, kind, client: await enrolMdmClient(server, { ...kind.settings, hardwareId }) };
  });
  const ids = await readDeviceIds(server);
  const fleet = enrolled.map((device) => ({ ...device, deviceId: ids.get(device.hardwareId) ?? '' }));
  const { status } = await server.admin('PUT', `/groups/${groupName}`, { deviceIds: fleet.map(({ deviceId }) => deviceId) });
  if (status !== 200) throw new Error(`the EMM did not take ${count} devices into a group: status ${status}`);
  return fleet;
}

async function readDeviceIds({ admin }: MdmServer): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const { body } = await admin('GET', `/devices?pageSize=500${cursor && `&cursor=${cursor}`}`);
    const page = body as unknown as { readonly items: readonly { readonly id: string; readonly hardwareId: string }[]; readonly nextCursor?: string };
    for (const { id, hardwareId } of page.items) ids.set(hardwareId, id);
    cursor = page.nextCursor;
  }
  return ids;
}
