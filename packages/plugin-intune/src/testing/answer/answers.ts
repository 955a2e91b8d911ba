import type { Entity, GraphAnswer } from '../protocol/graph-answer.ts';
import { inOrder } from '../protocol/graph-answer.ts';
import { refusals, type GraphRefusal } from '../protocol/graph-refusal.ts';
import type { ListedItem } from '../state/collection.ts';

/** Short forms of what handlers answer. */
export const answers = {
  nothing: { kind: 'nothing' } as GraphAnswer,
  entity: (entity: Entity): GraphAnswer => ({ kind: 'entity', entity }),
  value: (value: Readonly<Record<string, unknown>>): GraphAnswer => ({ kind: 'value', value }),
  list: (items: readonly ListedItem<Entity>[]): GraphAnswer => ({ kind: 'collection', items }),
  array: (items: readonly Entity[]): GraphAnswer => ({ kind: 'collection', items: inOrder(items) }),
  refused: (refusal: GraphRefusal): GraphAnswer => ({ kind: 'refused', refusal }),
  missing: (what: string, id: string): GraphAnswer => ({ kind: 'refused', refusal: refusals.notFound(what, id) }),
} as const;
