import { deviceSchema, type CallContext, type Device } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';
import { listPages } from '../list-pages.ts';

/** Every device of the tenant. The EMM's cursor stands behind a device id, so pages neither skip nor repeat while devices come and go. */
export function listDevices(emm: SampleEmm, request: { readonly pageSize?: number }, call: CallContext): AsyncIterable<Device> {
  const query = request.pageSize === undefined ? {} : { pageSize: String(request.pageSize) };
  return listPages(emm, { path: '/devices', query, item: deviceSchema, doing: 'listing devices', idOf: ({ id }) => id }, call);
}
