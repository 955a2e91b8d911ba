import { restorePointSchema, type CallContext, type RestorePoint } from '@winre-kit/sdk';
import { z } from 'zod';
import { askDevice } from '../devices/ask-device.ts';
import type { SampleEmm } from '../sample-emm.ts';

const replySchema = z.looseObject({ restorePoints: z.array(restorePointSchema) });

/** The device's restore points with the result of their check, newest first. */
export async function* listRestorePoints(emm: SampleEmm, deviceId: string, call: CallContext): AsyncGenerator<RestorePoint> {
  yield* (await askDevice(emm, deviceId, { kind: 'restore-points', reply: replySchema }, call)).restorePoints;
}
