import { instantAt } from '@winre-kit/sdk';
import { askFacts } from '../devices/ask-facts.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDevice } from '../prechecks/device-condition.ts';

/** The device makes a new recovery key, hands it to the escrow, and only then drops the old one. */
export const planRotateKey: PlanVerb<'winre.keys.escrow'> = async (emm, _intent, device, call) => ({
  prechecks: judgeDevice(['volume-unlocked'], await askFacts(emm, device.id, call), instantAt(emm.clock.now())),
  description: `${device.displayName} gets new recovery keys`,
  secretsInvalidated: ['former recovery keys of the device'],
});
