import { isEntryName } from './entry-name.ts';
import { decodeWtf8 } from './wtf8.ts';

/**
 * Why an entry's name cannot stand on Windows, for the report; `undefined` when it can. Pure.
 *
 * `\` and `:` would mean a path or a stream, a trailing dot or space would be dropped, and `NUL` or `COM1.txt` would be a device:
 * such a name must never be handed to the system.
 */
export function windowsNameProblem(name: Uint8Array): string | undefined {
  const text = isEntryName(name) ? decodeWtf8(name) : undefined;
  if (text === undefined) return 'it is no text, as names on Windows are';
  if (text.includes(':')) return 'its colon would name a stream of another file';
  if (name.some((byte) => byte < 0x20 || forbidden.has(byte))) return 'it has a character that Windows forbids';
  if (/[. ]$/.test(text)) return 'Windows drops the dot or space at its end';
  if (device.test(text)) return 'it is the name of a device';
  return text.length > maxNameUnits ? `it is longer than ${maxNameUnits} characters` : undefined;
}

/**
 * Equal for names that Windows takes for the same one in a directory: it compares unit by unit in capitals. Pure. The volume's own table
 * of capitals may differ for rare letters; then the system refuses the second name, or the first is found in its place, and both are reported.
 */
export function windowsNameKey(name: Uint8Array): string {
  const text = decodeWtf8(name) ?? Buffer.from(name).toString('latin1');
  return Array.from({ length: text.length }, (_, at) => toCapital(text.charAt(at))).join('');
}

/**
 * Looks at the names of one directory in the order in which they are to be made, and answers why one cannot stand there, if so:
 * also when it would be the same as one before it.
 */
export class WindowsDirectoryNames {
  readonly #taken = new Map<string, Uint8Array>();

  problemOf(name: Uint8Array): string | undefined {
    const problem = windowsNameProblem(name);
    if (problem !== undefined) return problem;
    const key = windowsNameKey(name);
    const taken = this.#taken.get(key);
    if (taken === undefined) this.#taken.set(key, name);
    return taken === undefined ? undefined : `Windows cannot tell it from ${decodeWtf8(taken) ?? ''}, which comes before it`;
  }
}

function toCapital(unit: string): string {
  const capital = unit.toUpperCase();
  return capital.length === 1 ? capital : unit;
}

const maxNameUnits = 255;
const forbidden = new Set(Buffer.from('<>"\\|?*'));
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)/i;
