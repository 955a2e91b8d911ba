import type { CallContext } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';

/** The bytes as they come, never all of them in memory. */
export function readArtifact(emm: SampleEmm, artifactId: string, call: CallContext): AsyncIterable<Uint8Array> {
  return emm.client.bytes({ path: `/artifacts/${encodeURIComponent(artifactId)}`, doing: `reading artifact ${artifactId}` }, call);
}
