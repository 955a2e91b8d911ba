import { instantAt } from '@winre-kit/sdk';
import { askFacts } from '../devices/ask-facts.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDevice } from '../prechecks/device-condition.ts';

/** The agent in the running system arms WinRE for the next boot and restarts. */
export const planEnterSession: PlanVerb<'winre.session.enter'> = async (emm, _intent, device, call) => ({
  prechecks: judgeDevice(['winre-enabled'], await askFacts(emm, device.id, call), instantAt(emm.clock.now())),
  description: `${device.displayName} restarts into WinRE; whoever works on it is interrupted`,
});
