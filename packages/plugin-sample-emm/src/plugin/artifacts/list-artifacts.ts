import { instantSchema, type ArtifactReference, type CallContext } from '@winre-kit/sdk';
import { z } from 'zod';
import { listPages } from '../list-pages.ts';
import type { SampleEmm } from '../sample-emm.ts';

const artifactSchema = z.looseObject({ id: z.string(), category: z.string(), name: z.string(), bytes: z.int().nonnegative(), createdAt: instantSchema });

export function listArtifacts(emm: SampleEmm, deviceId: string, call: CallContext): AsyncGenerator<ArtifactReference, void, undefined> {
  return listPages(emm, { path: `/devices/${encodeURIComponent(deviceId)}/artifacts`, item: artifactSchema, idOf: ({ id }) => id, doing: 'listing artifacts' }, call);
}
