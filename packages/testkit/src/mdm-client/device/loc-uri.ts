/** A place in the tree: its canonical form, and its segments without percent escapes. */
export interface TreePath {
  /** `./Vendor/MSFT/...` with each segment escaped in one way only, so that two spellings of a place are equal. */
  readonly uri: string;
  readonly segments: readonly string[];
}

export type LocUriVerdict = { readonly path: TreePath } | { readonly refusal: 'bad-uri' | 'user-scope' | 'no-such-property'; readonly reason: string };

/**
 * Reads a LocURI by the rules of Windows: no `/` at the start, no empty segment, none that is `*`, valid percent escapes of UTF-8.
 * `./Device/X` and `./X` are the same place; `./User/X` is not for this device.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support#oma-dm-standards
 */
export function readLocUri(locUri: string): LocUriVerdict {
  if (locUri.startsWith('/')) return { refusal: 'bad-uri', reason: 'a LocURI must not start with /' };
  if (locUri.includes('?')) return { refusal: 'no-such-property', reason: 'this device answers no query on a node' };
  const written = locUri.split('/');
  if (written[0] === '.') written.shift();
  if (written.length === 0) return { path: pathOf([]) };
  const segments: string[] = [];
  for (const segment of written) {
    const name = decode(segment);
    if (name === undefined || name === '' || name === '*') return { refusal: 'bad-uri', reason: 'a node name is empty, *, or wrongly escaped' };
    segments.push(name);
  }
  if (segments[0]?.toLowerCase() === 'user') return { refusal: 'user-scope', reason: 'no user of this device is managed' };
  if (segments[0]?.toLowerCase() === 'device') segments.shift();
  return { path: pathOf(segments) };
}

/** The place of these names, not escaped. */
export function pathOf(segments: readonly string[]): TreePath {
  return { uri: ['.', ...segments.map((segment) => encodeURIComponent(segment))].join('/'), segments };
}

function decode(segment: string): string | undefined {
  try {
    const name = decodeURIComponent(segment);
    return name.isWellFormed() ? name : undefined;
  } catch {
    return undefined;
  }
}
