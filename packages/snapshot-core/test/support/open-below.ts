import { readdirSync, readlinkSync } from 'node:fs';

/** Paths of what this process has open below a directory; Linux only. */
export function openBelow(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(directory) ? [path] : [];
    } catch {
      // The listing's own, which is closed by now.
      return [];
    }
  });
}
