import { RecoveryError } from '../errors/recovery-error.ts';

/**
 * Serialises plain JSON in the one form that RFC 8785 allows, so that equal values have equal bytes and digests.
 *
 * Members with the value `undefined` are left out, as in `JSON.stringify`.
 *
 * @throws {RecoveryError} `invalid-argument` for what JSON cannot hold: NaN, infinities, bigint, functions, lone surrogates, holes in arrays, and
 * objects of a class such as `Date` or `Map`, whose content would silently be missing from the digest
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$');
}

function write(value: unknown, path: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refuse(path, 'a finite number');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw refuse(path, 'a string without lone surrogates');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${Array.from(value, (item: unknown, index) => write(item, `${path}[${index}]`)).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) {
    // RFC 8785 orders names by UTF-16 code units, which is what `<` on strings compares.
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${write(name, path)}:${write(member, `${path}.${name}`)}`).join(',')}}`;
  }
  throw refuse(path, 'a JSON value');
}

/** Plain objects of any realm: their prototype, if there is one, is the end of the chain. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuse(path: string, expected: string): RecoveryError {
  return new RecoveryError('invalid-argument', `canonical JSON: ${path}: expected ${expected}`, { fieldPath: path });
}
