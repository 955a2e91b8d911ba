import { constants } from 'node:os';
import type * as Xattr from '@napi-rs/xattr';
import { noExtendedAttributes } from './extended-attributes.ts';
import type { ExtendedAttributes } from './extended-attributes.ts';

type NativeModule = Pick<typeof Xattr, 'listAttributesSync' | 'getAttributeSync' | 'setAttributeSync' | 'removeAttributeSync'>;

/** The platform's extended attributes. */
export interface LoadedAttributes {
  readonly attributes: ExtendedAttributes;
  /** Why there are none although the platform has them; for the report. */
  readonly problem?: string;
}

const platformsWithAttributes: readonly string[] = ['linux', 'darwin', 'freebsd', 'android'];

/**
 * Loads the native add-on, an optional package, where the platform has extended attributes. Without it everything else works.
 *
 * @param load lent, so that tests can take the add-on away
 */
export async function loadExtendedAttributes(load: () => Promise<NativeModule> = () => import('@napi-rs/xattr')): Promise<LoadedAttributes> {
  if (!platformsWithAttributes.includes(process.platform)) return { attributes: noExtendedAttributes };
  try {
    return { attributes: fromNative(await load()) };
  } catch (error) {
    return { attributes: noExtendedAttributes, problem: `extended attributes are not kept, because the optional package @napi-rs/xattr cannot be loaded: ${String(error)}` };
  }
}

/** The add-on uses the calls that do not follow symlinks. Its paths and names are text, and its `get` answers null for every failure. */
function fromNative(native: NativeModule): ExtendedAttributes {
  return {
    isAvailable: true,
    list: (path) => attempt(() => native.listAttributesSync(toText(path)).map((name) => Buffer.from(name, 'utf8'))),
    get: (path, name) => attempt(() => native.getAttributeSync(toText(path), toText(name)) ?? undefined),
    set: (path, name, value) => attempt(() => native.setAttributeSync(toText(path), toText(name), value)),
    remove: (path, name) => attempt(() => native.removeAttributeSync(toText(path), toText(name))),
  };
}

function toText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  // Bytes that are not UTF-8 become this character, which may also be one of the text.
  if (text.includes('\uFFFD') && Buffer.compare(Buffer.from(text, 'utf8'), bytes) !== 0) throw systemError('EILSEQ', 'the path or name is not UTF-8');
  return text;
}

/** The add-on throws errors whose text ends in the system's number: `… (os error 13)`. */
function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const number = Number(/\(os error (\d+)\)/.exec(error.message)?.[1]);
    const code = Object.entries(constants.errno).find(([, value]) => value === number)?.[0];
    if (code !== undefined) throw systemError(code, error.message);
    throw error.message.startsWith('Invalid attribute') ? systemError('EILSEQ', error.message) : error;
  }
}

function systemError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(`${code}: ${message}`), { code });
}
