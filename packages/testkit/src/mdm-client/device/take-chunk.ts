import type { CommandItem } from '../syncml/server-command.ts';
import type { DeviceState, PartialObject } from './device-state.ts';
import { readLocUri } from './loc-uri.ts';
import { refusals } from './refusals.table.ts';

/** What an item means for the large object that is being received. */
export type ChunkVerdict =
  /** The chunk is kept; more have to come. */
  | { readonly kind: 'kept'; readonly state: DeviceState }
  /** The item is whole now: run it. `isInterrupted`: another object was begun before this one and never ended. */
  | { readonly kind: 'whole'; readonly state: DeviceState; readonly item: CommandItem; readonly isInterrupted: boolean }
  | { readonly kind: 'refused'; readonly state: DeviceState; readonly status: number; readonly reason: string; readonly isInterrupted: boolean };

/** Adds an item to the object it belongs to. Sizes are bytes of UTF-8. Pure. */
export function takeChunk(state: DeviceState, verb: 'Add' | 'Replace', item: CommandItem): ChunkVerdict {
  const place = readLocUri(item.targetUri ?? '');
  const uri = 'path' in place ? place.path.uri : '';
  const { partialObject, ...rest } = state;
  const isContinued = partialObject !== undefined && partialObject.uri === uri && partialObject.verb === verb;
  const isInterrupted = partialObject !== undefined && !isContinued;
  const begun: PartialObject = isContinued ? partialObject : { verb, uri, data: '', ...(item.sizeBytes === undefined ? {} : { sizeBytes: item.sizeBytes }) };
  const data = begun.data + (item.data ?? '');
  if (item.hasMoreData && begun.sizeBytes === undefined) {
    return { kind: 'refused', state: rest, status: refusals['wrong-size'].status, reason: 'the first chunk of an object has to say its Size', isInterrupted };
  }
  if (item.hasMoreData) return { kind: 'kept', state: { ...rest, partialObject: { ...begun, data } } };
  if (isContinued && begun.sizeBytes !== utf8Bytes(data)) {
    return { kind: 'refused', state: rest, status: refusals['wrong-size'].status, reason: `announced ${begun.sizeBytes} bytes, got ${utf8Bytes(data)}`, isInterrupted };
  }
  return { kind: 'whole', state: rest, item: { ...item, data }, isInterrupted };
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
