import { instantAt } from '@winre-kit/sdk';
import { askFacts } from '../devices/ask-facts.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDevice } from '../prechecks/device-condition.ts';

export const planRemediationTest: PlanVerb<'winre.remediation.test'> = async (emm, _intent, device, call) => ({
  prechecks: judgeDevice(['winre-enabled'], await askFacts(emm, device.id, call), instantAt(emm.clock.now())),
  description: `${device.displayName} restarts into the test mode of Quick Machine Recovery`,
});
