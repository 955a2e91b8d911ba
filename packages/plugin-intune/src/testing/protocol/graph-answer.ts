import type { ListedItem } from '../state/collection.ts';
import type { GraphRefusal } from './graph-refusal.ts';

/** An object as Graph writes it. */
export type Entity = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What a handler answers, before the query options and the version shape it. */
export type GraphAnswer =
  | { readonly kind: 'entity'; readonly entity: Entity }
  /** In order of arrival; filtered and cut into pages afterwards. */
  | { readonly kind: 'collection'; readonly items: readonly ListedItem<Entity>[] }
  /** Already in its final form. */
  | { readonly kind: 'value'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly refusal: GraphRefusal };

/** Objects that have no order of their own: their place in the list is their order. */
export function inOrder(items: readonly Entity[]): ListedItem<Entity>[] {
  return items.map((item, index) => ({ order: index + 1, item }));
}
