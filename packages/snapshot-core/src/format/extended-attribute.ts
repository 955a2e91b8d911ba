/** One extended attribute of a file, directory or symlink: a name and a value, both bytes and never interpreted. */
export interface ExtendedAttribute {
  /** 1 to 255 bytes without NUL, with its namespace (`user.comment`). */
  readonly name: Uint8Array;
  /** 0 to 65,536 bytes. */
  readonly value: Uint8Array;
}

/** What an entry knows about the extended attributes of what it stands for. */
export interface EntryAttributes {
  /** Sorted bytewise by name, each name once. */
  readonly list: readonly ExtendedAttribute[];
  /** There were exactly these. Otherwise there may have been others, so none may be taken away from a target on the strength of this list. */
  readonly complete: boolean;
}

/** What a snapshot holds of one entry's attributes: Linux's own limits for one, and room for two of the longest in all. */
export const attributeLimits = { nameBytes: 255, valueBytes: 65_536, totalBytes: 131_072 } as const;

/** What an attribute counts towards `totalBytes`. */
export function attributeBytes({ name, value }: ExtendedAttribute): number {
  return name.length + value.length;
}

/** Whether an attribute can be stored at all, the total aside. */
export function isStorableAttribute({ name, value }: ExtendedAttribute): boolean {
  return name.length > 0 && name.length <= attributeLimits.nameBytes && !name.includes(0) && value.length <= attributeLimits.valueBytes;
}

/** Whether two lists, both sorted, are the same byte for byte. */
export function sameAttributes(left: readonly ExtendedAttribute[], right: readonly ExtendedAttribute[]): boolean {
  return left.length === right.length && left.every(({ name, value }, index) => {
    const other = right[index];
    return other !== undefined && Buffer.compare(name, other.name) === 0 && Buffer.compare(value, other.value) === 0;
  });
}
