import type { AdminCaller } from '../../test/emm-world.ts';
import type { MdmView } from '../../test/mdm-device.ts';
import type { Wave } from './check-in-wave.ts';
import type { FleetDevice } from './enrol-fleet.ts';
import type { GroupPolicy } from './group-policy.ts';
import { inParallel } from './in-parallel.ts';

const asksAtOnce = 8;

/**
 * Compares every device with what it should have, twice: by the EMM's word after this wave, and by its own node tree.
 *
 * @returns what is wrong, a line for each device; empty when all is well
 */
export async function verifyFleet(admin: AdminCaller, fleet: readonly FleetDevice[], policy: GroupPolicy, wave: Wave): Promise<readonly string[]> {
  const verdicts = await inParallel(fleet, asksAtOnce, async (device) => {
    const { status, body } = await admin('GET', `/devices/${device.deviceId}/mdm`);
    const faults = [...(status === 200 ? faultsOfView(body as unknown as SeenView, device, wave.sessionIds.get(device.hardwareId)) : [`the EMM answered ${status}`]), ...faultsOfNodes(device, policy)];
    return faults.length === 0 ? [] : [`${wave.name}: ${device.hardwareId} (${device.kind.name}): ${faults.join('; ')}`];
  });
  return verdicts.flat();
}

/** Of a device that never came the EMM knows less. */
interface SeenView extends Pick<MdmView, 'enrolled'>, Partial<Pick<MdmView, 'drift'>> {
  readonly lastSession?: { readonly sessionId: string; readonly outcome: string };
}

function faultsOfView({ enrolled, drift = [], lastSession }: SeenView, { kind }: FleetDevice, sessionId: string | undefined): readonly string[] {
  return [
    ...(enrolled ? [] : ['not enrolled']),
    ...(lastSession?.sessionId === sessionId ? [] : ['the EMM knows of another last session']),
    ...(lastSession?.outcome === kind.outcome ? [] : [`the EMM says ${lastSession?.outcome ?? 'nothing'}, not ${kind.outcome}`]),
    ...drift.map(({ uri, kind: how }) => `drift at ${uri}: ${how}`),
  ];
}

function faultsOfNodes({ client, kind }: FleetDevice, policy: GroupPolicy): readonly string[] {
  const expected = kind.leaves(policy);
  const actual = Object.entries(client.nodes()).filter(([uri, { format }]) => /^\.\/Vendor\/MSFT\/(?:Recovery|RemoteRemediation)\//.test(uri) && format !== 'node');
  const values = new Map(actual.map(([uri, { value }]) => [uri, value]));
  const wrong = Object.entries(expected).filter(([uri, wanted]) => !isMet(values.get(uri), wanted));
  return [...wrong.map(([uri]) => `${uri} is ${values.has(uri) ? 'another value' : 'missing'}`), ...[...values.keys()].filter((uri) => expected[uri] === undefined).map((uri) => `${uri} should not be there`)];
}

function isMet(value: string | undefined, wanted: string | RegExp): boolean {
  if (value === undefined) return false;
  return typeof wanted === 'string' ? value === wanted : wanted.test(value);
}
