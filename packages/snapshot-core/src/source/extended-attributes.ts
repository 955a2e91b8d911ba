/**
 * Extended attributes of files, directories and symlinks themselves: the last component of a path is never followed.
 *
 * Failures are system errors with a `code`. `EILSEQ`: the path, or a name, is not UTF-8, and this implementation can reach nothing else.
 */
export interface ExtendedAttributes {
  /** False where the platform has none, or nothing here can reach them; then nothing is known of any. */
  readonly isAvailable: boolean;
  /** Names, in no order. */
  list(path: Uint8Array): Uint8Array[];
  /** The value; `undefined` when there is no such attribute, or it may not be read. */
  get(path: Uint8Array, name: Uint8Array): Uint8Array | undefined;
  /** Adds or replaces. */
  set(path: Uint8Array, name: Uint8Array, value: Uint8Array): void;
  /** Fails when there is no such attribute. */
  remove(path: Uint8Array, name: Uint8Array): void;
}

/** For platforms without extended attributes. */
export const noExtendedAttributes: ExtendedAttributes = {
  isAvailable: false,
  list: () => [],
  get: () => undefined,
  set: refuse,
  remove: refuse,
};

function refuse(): never {
  throw Object.assign(new TypeError('ENOTSUP: extended attributes cannot be reached here'), { code: 'ENOTSUP' });
}
