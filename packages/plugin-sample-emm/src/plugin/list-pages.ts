import type { CallContext } from '@winre-kit/sdk';
import { walkPages } from '@winre-kit/sdk/plugin-kit';
import { z } from 'zod';
import type { SampleEmm } from './sample-emm.ts';

interface ListRequest<Item extends z.ZodType> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly item: Item;
  readonly doing: string;
  readonly idOf: (item: z.output<Item>) => string;
}

/** Walks the EMM's `{ items, nextCursor? }` pages. */
export function listPages<Item extends z.ZodType>(emm: SampleEmm, { path, query, item, doing, idOf }: ListRequest<Item>, call: CallContext): AsyncGenerator<z.output<Item>, void, undefined> {
  const reply = z.looseObject({ items: z.array(item), nextCursor: z.string().nullish() });
  return walkPages<z.output<Item>>({
    fetchPage: (cursor) => emm.client.read({ path, query: { ...query, ...(cursor ? { cursor } : {}) }, reply, doing }, call),
    idOf,
    signal: call.signal,
  });
}
