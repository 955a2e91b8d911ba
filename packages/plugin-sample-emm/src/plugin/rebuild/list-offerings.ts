import { rebuildOfferingSchema, type CallContext, type RebuildOffering } from '@winre-kit/sdk';
import { listPages } from '../list-pages.ts';
import type { SampleEmm } from '../sample-emm.ts';

export function listOfferings(emm: SampleEmm, deviceId: string, call: CallContext): AsyncGenerator<RebuildOffering, void, undefined> {
  return listPages(emm, { path: `/devices/${encodeURIComponent(deviceId)}/rebuild-offerings`, item: rebuildOfferingSchema, idOf: ({ id }) => id, doing: 'listing rebuild offerings' }, call);
}
