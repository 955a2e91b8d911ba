import { attributeBytes, attributeLimits, isStorableAttribute } from '../format/extended-attribute.ts';
import type { EntryAttributes, ExtendedAttribute } from '../format/extended-attribute.ts';
import { isKeptAttribute } from './attribute-policy.ts';
import { compareNames, displayPath } from './byte-path.ts';
import type { ExtendedAttributes } from './extended-attributes.ts';
import { isGone, systemErrorCode } from './system-error-code.ts';

/** What one file, directory or symlink has. */
export interface ReadAttributes {
  /** Absent when nothing can be known. */
  readonly attributes?: EntryAttributes;
  /** Names of all that belong to the file, also of those whose value could not be had; sorted. */
  readonly names: readonly Uint8Array[];
  /** What is missing from `attributes`, and why. */
  readonly problems: readonly string[];
  /** Nothing could be looked at, because the path cannot be said to the system; there is probably nothing to see. */
  readonly isOutOfReach: boolean;
}

const notSupported: readonly (string | undefined)[] = ['ENOTSUP', 'EOPNOTSUPP'];

/**
 * Reads the extended attributes behind a path, without following it, within the limits of what an entry can hold.
 *
 * @throws system errors when there is no such name (any more)
 */
export function readAttributes(port: ExtendedAttributes, path: Uint8Array): ReadAttributes {
  const nothing = { names: [], problems: [], isOutOfReach: false };
  if (!port.isAvailable) return nothing;
  let names: Uint8Array[];
  try {
    names = port.list(path).filter((name) => isKeptAttribute(name, process.platform)).toSorted(compareNames);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined || isGone(error)) throw error;
    if (notSupported.includes(code)) return { ...nothing, attributes: { list: [], complete: true } };
    if (code === 'EILSEQ' && isText(path)) return { ...nothing, problems: ['one of its extended attributes has a name that is not UTF-8, so none of them can be read'] };
    if (code === 'EILSEQ') return { ...nothing, problems: ['its extended attributes cannot be looked at, because its name is not UTF-8'], isOutOfReach: true };
    return { ...nothing, problems: [`its extended attributes cannot be listed: ${code}`] };
  }
  const list: ExtendedAttribute[] = [];
  const problems: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const value = port.get(path, name);
    const attribute = value === undefined ? undefined : { name, value };
    const size = attribute === undefined ? 0 : attributeBytes(attribute);
    if (attribute === undefined) problems.push(`its extended attribute ${displayPath(name)} cannot be read`);
    else if (!isStorableAttribute(attribute) || bytes + size > attributeLimits.totalBytes)
      problems.push(`its extended attribute ${displayPath(name)} of ${attribute.value.length} bytes is more than a snapshot holds`);
    else {
      list.push(attribute);
      bytes += size;
    }
  }
  return { attributes: { list, complete: problems.length === 0 }, names, problems, isOutOfReach: false };
}

function isText(bytes: Uint8Array): boolean {
  return Buffer.compare(Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8'), bytes) === 0;
}
