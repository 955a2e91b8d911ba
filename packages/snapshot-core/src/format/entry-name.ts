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

const dot = 0x2e;
const slash = 0x2f;
