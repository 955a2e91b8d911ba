import { instantAt, lossStatementSchema, restorePointSchema } from '@winre-kit/sdk';
import { z } from 'zod';
import { askDevice, observe } from '../devices/ask-device.ts';
import { deviceFactsSchema } from '../devices/device-facts.ts';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeDevice, judgeFreeSpace } from '../prechecks/device-condition.ts';
import { judgeRestorePoint } from '../prechecks/restore-point-intact.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { findLiveSession } from '../sessions/find-live-session.ts';

const previewSchema = z.looseObject({ restorePoint: restorePointSchema, loss: lossStatementSchema, facts: deviceFactsSchema });

/** Asks the device what the restore would take away, and whether it can be done. */
export const planRestore: PlanVerb<'winre.restore.trigger'> = async (emm, intent, device, call) => {
  const sighting = await findLiveSession(emm, device.id, call);
  const preview = await observe(askDevice(emm, device.id, { kind: 'restore-preview', restorePointId: intent.restorePointId, reply: previewSchema }, call));
  const facts = preview.seen ? { seen: preview.seen.facts } : preview;
  const plannedAt = instantAt(emm.clock.now());
  const takenAt = preview.seen?.restorePoint.takenAt ?? 'an unknown time';
  return {
    prechecks: [
      judgeSessionLive(sighting),
      judgeRestorePoint(intent.restorePointId, preview.seen ? { seen: preview.seen.restorePoint } : preview, facts.seen?.observedAt ?? plannedAt),
      ...judgeDevice(['winre-enabled', 'volume-unlocked', 'power'], facts, plannedAt),
      judgeFreeSpace(facts, intent.safetySnapshot ? (preview.seen?.loss.bytes ?? 0) : 0, plannedAt),
    ],
    description: `the volume of ${device.displayName} goes back to ${takenAt}; what was written since is gone`,
    ...(preview.seen ? { loss: preview.seen.loss } : {}),
    secretsInvalidated: ['machine account password', 'Windows LAPS password', 'tokens issued since the restore point'],
    notices: intent.safetySnapshot ? [] : [{ code: 'no-safety-snapshot', message: 'nothing keeps what is overwritten: the restore cannot be undone', severity: 'warning' }],
  };
};
