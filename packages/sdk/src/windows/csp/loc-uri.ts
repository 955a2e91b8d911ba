/** The address of a node, by its path below the root of its provider; an empty path is the root. In the spelling of {@link canonicalUri}. */
export function nodeUri({ root }: { readonly root: string }, path: string): string {
  return canonicalUri(path === '' ? root : `${root}/${path}`);
}

/**
 * The one spelling that this package compares by: `./Vendor/MSFT/X` and `Vendor/MSFT/X` mean the device scope, as `./Device/Vendor/MSFT/X` does, and percent escapes are
 * written in one way. Text that is no address of a vendor node comes back as it is.
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function canonicalUri(uri: string): string {
  const below = /^(?:\.\/)?(?:Device\/)?Vendor\/MSFT\/(?<below>.*)$/.exec(uri)?.groups?.['below'];
  if (below === undefined) return uri;
  const segments = below.split('/').map((segment) => {
    const name = decodeUriName(segment);
    return (name === undefined ? undefined : encodeUriName(name)) ?? segment;
  });
  return `./Device/Vendor/MSFT/${segments.join('/')}`;
}

/**
 * A node name as a segment of an address: UTF-8, percent-escaped but for letters, digits, `-`, `_`, `.` and `~`. Names that are dots alone are escaped, or they would
 * name a parent.
 *
 * @returns undefined for text that UTF-8 cannot carry, for the empty name and for `*`, which no node may have
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function encodeUriName(name: string): string | undefined {
  if (name === '' || name === '*' || !name.isWellFormed()) return undefined;
  const escaped = encodeURIComponent(name).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
  return /^\.+$/.test(escaped) ? escaped.replaceAll('.', '%2E') : escaped;
}

/**
 * The name a segment stands for, or undefined when its escapes are broken.
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function decodeUriName(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
