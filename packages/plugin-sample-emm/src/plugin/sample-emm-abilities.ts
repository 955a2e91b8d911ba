import type { CallContext, DeviceBinding, DeviceCapabilities } from '@winre-kit/sdk';
import { mdmStanding } from './devices/mdm-standing.ts';
import { requireEnrolment } from './devices/require-enrolment.ts';
import { noTestByMdm } from './remediation/start-remediation-test.ts';
import type { SampleEmm } from './sample-emm.ts';
import { findLiveSession } from './sessions/find-live-session.ts';

const needSession = ['winre.session.exit', 'winre.script.push', 'winre.package.push', 'winre.network.configure', 'winre.keys.release'];

/** What only an agent on the device starts or answers, also outside of WinRE. */
const needAgent = ['winre.session.enter', 'winre.restore.points', 'winre.remediation.test', 'winre.remediation.outcome'];
const agentReasons: Readonly<Record<string, string>> = { 'winre.remediation.test': noTestByMdm };

/** What this device can do now, by the word of its agent. */
export async function deviceCapabilities(emm: SampleEmm, binding: DeviceBinding, call: CallContext): Promise<DeviceCapabilities> {
  await requireEnrolment(emm, binding, call);
  const { session } = await findLiveSession(emm, binding.id, call);
  if (!session) {
    const { enrolled, agent } = await mdmStanding(emm, binding.id, call);
    // Windows' own client takes networks while no session runs.
    const missing = needSession.filter((id) => !(enrolled && id === 'winre.network.configure'));
    const unavailable: Record<string, string> = Object.fromEntries(missing.map((id) => [id, 'the device is not in WinRE']));
    for (const id of agent === false ? needAgent : []) unavailable[id] = [agentReasons[id], 'no agent is enrolled on this device'].filter((reason) => reason !== undefined).join('; ');
    return { abilities: undefined, unavailable };
  }
  const { abilities } = session;
  const unavailable: Record<string, string> = { 'winre.session.enter': 'the device is in WinRE already' };
  if (abilities && abilities.interpreters.length === 0) {
    for (const id of ['winre.script.push', 'winre.package.push']) unavailable[id] = 'the device has no interpreter in WinRE';
  }
  return { abilities, unavailable };
}
