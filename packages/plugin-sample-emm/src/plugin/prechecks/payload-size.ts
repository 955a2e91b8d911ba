import type { PlannedPrecheck } from './precheck.ts';

/** Of this plug-in only: whether the payload is within what the device takes. Without the device's word the EMM's own limit holds. */
export function judgePayloadSize(bytes: number, deviceLimitBytes: number | undefined, observedAt: string): PlannedPrecheck {
  const id = 'sample-emm/payload-size';
  const limitBytes = deviceLimitBytes ?? 1_048_576;
  return { id, state: bytes <= limitBytes ? 'met' : 'unmet', observedAt, evidence: `${bytes} bytes, ${deviceLimitBytes === undefined ? 'the EMM' : 'the device'} takes ${limitBytes}` };
}
