import type { Observation } from '../devices/ask-device.ts';
import type { PlannedPrecheck } from './precheck.ts';

type YesNoUnknown = 'yes' | 'no' | 'unknown';

interface MediaSighting {
  readonly reachable: YesNoUnknown;
  readonly intact: YesNoUnknown;
  readonly detail?: string | null | undefined;
}

/** Met when the device reached the media and found them intact: a rebuild empties the volume first. */
export function judgeMedia(media: Observation<MediaSighting>, observedAt: string): PlannedPrecheck {
  const id = 'media-available';
  if (!media.seen) return { id, state: 'unknown', observedAt, evidence: media.reason };
  const { reachable, intact, detail } = media.seen;
  const evidence = `media reachable: ${reachable}, intact: ${intact}${detail ? ` (${detail})` : ''}`;
  if (reachable === 'no' || intact === 'no') return { id, state: 'unmet', observedAt, evidence };
  return { id, state: reachable === 'yes' && intact === 'yes' ? 'met' : 'unknown', observedAt, evidence };
}
