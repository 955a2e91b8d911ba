import { SnapshotError } from '../errors/snapshot-error.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { attributeBytes, attributeLimits, isStorableAttribute } from './extended-attribute.ts';
import type { ExtendedAttribute } from './extended-attribute.ts';

/**
 * Writes at least one attribute: count u16, then per attribute name (length u8, bytes) and value (length u32, bytes), names ascending.
 *
 * @throws {SnapshotError} `argument/invalid` for an attribute beyond the limits: who collects them leaves those out and says so
 */
export function writeAttributes(writer: ByteWriter, list: readonly ExtendedAttribute[]): void {
  if (!list.every(isStorableAttribute) || totalBytes(list) > attributeLimits.totalBytes)
    throw new SnapshotError('argument/invalid', `extended attributes of ${totalBytes(list)} bytes cannot be stored; leave out those beyond the limits and report them`);
  writer.u16(list.length);
  for (const { name, value } of list) writer.u8(name.length).bytes(name).u32(value.length).bytes(value);
}

/** Reads what `writeAttributes` wrote; names and values are views. @throws {SnapshotError} `format/damaged` */
export function readAttributes(reader: ByteReader): ExtendedAttribute[] {
  const count = reader.u16();
  if (count === 0) throw reader.damaged('an empty list of extended attributes is not stored');
  const list: ExtendedAttribute[] = [];
  while (list.length < count) {
    const attribute = { name: reader.bytes(reader.u8()), value: reader.bytes(reader.u32()) };
    const previous = list.at(-1);
    if (!isStorableAttribute(attribute)) throw reader.damaged('an extended attribute is not valid');
    if (previous !== undefined && Buffer.compare(previous.name, attribute.name) >= 0) throw reader.damaged('extended attributes are not sorted');
    list.push(attribute);
  }
  if (totalBytes(list) > attributeLimits.totalBytes) throw reader.damaged('extended attributes are too long');
  return list;
}

function totalBytes(list: readonly ExtendedAttribute[]): number {
  return list.reduce((sum, attribute) => sum + attributeBytes(attribute), 0);
}
