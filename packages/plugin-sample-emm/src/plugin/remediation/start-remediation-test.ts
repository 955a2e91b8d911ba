import { instantAt, type Notice } from '@winre-kit/sdk';
import { askFacts } from '../devices/ask-facts.ts';
import { mdmStanding, type MdmStanding } from '../devices/mdm-standing.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDevice } from '../prechecks/device-condition.ts';

/** @see https://learn.microsoft.com/en-us/windows/configuration/quick-machine-recovery (the commands), https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp (no node for it) */
export const noTestByMdm = 'Windows has no MDM node that starts the test mode of Quick Machine Recovery; reagentc /SetRecoveryTestmode and /boottore on the device do';

/** Started by the agent: what MDM can say about it is whether there is something to test. */
export const planRemediationTest: PlanVerb<'winre.remediation.test'> = async (emm, _intent, device, call) => {
  const standing = await mdmStanding(emm, device.id, call);
  // Nobody is there who would answer.
  const facts = standing.agent === false ? { reason: 'no agent is enrolled on this device' } : await askFacts(emm, device.id, call);
  return {
    prechecks: judgeDevice(['winre-enabled'], facts, instantAt(emm.clock.now())),
    description: `${device.displayName} restarts into the test mode of Quick Machine Recovery`,
    notices: noticesOf(standing),
  };
};

/** The test runs all the same: what was read may have changed since. */
function noticesOf({ agent, actual, observedAt }: MdmStanding): Notice[] {
  const notices: Notice[] = [];
  if (agent === false) notices.push({ code: 'no-agent', message: `no agent is enrolled on this device, so nothing starts the test: ${noTestByMdm}`, severity: 'warning' });
  if (actual?.remediation?.cloudRemediation === false) notices.push({ code: 'remediation-off', message: `by MDM the device had Quick Machine Recovery switched off at ${observedAt ?? 'an unknown time'}: the test shows what happens then`, severity: 'warning' });
  return notices;
}
