/** Longest name we accept: four times what any common file system allows. */
const maxNameBytes = 1_024;

/**
 * Whether bytes can be the name of one entry: not empty, not `.` or `..`, no `/`, no NUL, at most 1,024 bytes.
 *
 * A name that passes cannot leave its directory on a POSIX system.
 */
export function isEntryName(name: Uint8Array): boolean {
  if (name.length === 0 || name.length > maxNameBytes) return false;
  if (name[0] === dot && (name.length === 1 || (name.length === 2 && name[1] === dot))) return false;
  return !name.includes(slash) && !name.includes(0);
}

/**
 * Whether a name that is an entry name also stays one name on Windows: no `\` or `:`, which there mean a path or a stream,
 * none of the characters Windows forbids, no trailing dot or space, which it drops, and no device such as `NUL` or `COM1.txt`.
 */
export function isWindowsEntryName(name: Uint8Array): boolean {
  const last = name[name.length - 1];
  return isEntryName(name) && last !== dot && last !== space && !name.some((byte) => byte < space || windowsForbidden.has(byte)) && !windowsDevice.test(Buffer.from(name).toString('utf8'));
}

const dot = 0x2e;
const slash = 0x2f;
const space = 0x20;
const windowsForbidden = new Set(Buffer.from('<>:"\\|?*'));
const windowsDevice = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)/i;
