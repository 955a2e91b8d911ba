import { instantAt, type Notice } from '@winre-kit/sdk';
import { askFacts } from '../devices/ask-facts.ts';
import { mdmStanding, type MdmStanding } from '../devices/mdm-standing.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDevice } from '../prechecks/device-condition.ts';

export const planRemediationTest: PlanVerb<'winre.remediation.test'> = async (emm, _intent, device, call) => ({
  prechecks: judgeDevice(['winre-enabled'], await askFacts(emm, device.id, call), instantAt(emm.clock.now())),
  description: `${device.displayName} restarts into the test mode of Quick Machine Recovery`,
  notices: noticesOf(await mdmStanding(emm, device.id, call)),
});

/** The test runs all the same: what was read may have changed since. */
function noticesOf({ actual, observedAt }: MdmStanding): Notice[] {
  if (actual?.remediation?.cloudRemediation !== false) return [];
  return [{ code: 'remediation-off', message: `by MDM the device had Quick Machine Recovery switched off at ${observedAt ?? 'an unknown time'}: the test shows what happens then`, severity: 'warning' }];
}
