import type { EntryAttributes } from '../format/extended-attribute.ts';
import type { ReadAttributes } from './read-attributes.ts';

/** One thing to do to the extended attributes of a target. */
export type AttributeChange =
  | { readonly change: 'set'; readonly name: Uint8Array; readonly value: Uint8Array }
  | { readonly change: 'remove'; readonly name: Uint8Array };

/**
 * Decides what makes the attributes that are there the stored ones. Pure.
 *
 * What was not known to be absent when the snapshot was taken is not taken away.
 */
export function planAttributeChanges(wanted: EntryAttributes | undefined, present: Pick<ReadAttributes, 'attributes' | 'names'>): AttributeChange[] {
  if (wanted === undefined) return [];
  const values = new Map((present.attributes?.list ?? []).map(({ name, value }) => [keyOf(name), value]));
  const stored = new Set(wanted.list.map(({ name }) => keyOf(name)));
  const changes: AttributeChange[] = [];
  // First what goes: it may make the room that the rest needs.
  if (wanted.complete) for (const name of present.names) if (!stored.has(keyOf(name))) changes.push({ change: 'remove', name });
  for (const { name, value } of wanted.list) {
    const known = values.get(keyOf(name));
    if (known === undefined || Buffer.compare(known, value) !== 0) changes.push({ change: 'set', name, value });
  }
  return changes;
}

function keyOf(name: Uint8Array): string {
  return Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('latin1');
}
