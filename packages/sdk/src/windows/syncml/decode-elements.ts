import { RecoveryError } from '../../errors/recovery-error.ts';
import { escapeXmlText, writeXml } from '../xml/write-xml.ts';
import { childElements, findElement, type XmlElement } from '../xml/xml-element.ts';
import type { SyncMlItem, SyncMlMeta } from './syncml-item.ts';
import { metaNamespace } from './syncml-names.ts';

/** The element that must be there. @throws {RecoveryError} `invalid-argument` naming both elements */
export function requiredElement(parent: XmlElement, name: string): XmlElement {
  const found = findElement(parent, name);
  if (found === undefined) throw new RecoveryError('invalid-argument', `SyncML message without ${name} in ${parent.name}`);
  return found;
}

/** Trimmed text that must be there and not be empty. @throws {RecoveryError} `invalid-argument` */
export function requiredText(parent: XmlElement, name: string): string {
  const text = requiredElement(parent, name).text.trim();
  if (text === '') throw new RecoveryError('invalid-argument', `SyncML message with an empty ${name} in ${parent.name}`);
  return text;
}

/** Trimmed text, or undefined where there is none. */
export function optionalText(parent: XmlElement, name: string): string | undefined {
  return findElement(parent, name)?.text.trim();
}

/** A whole number of at most ten digits, such as a code or a size. @throws {RecoveryError} `invalid-argument`; the text is not quoted */
export function wholeNumber(text: string, what: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new RecoveryError('invalid-argument', `SyncML message whose ${what} is not a number`);
  return Number(text);
}

/** LocURI and LocName of a Target or Source. */
export function locationOf(parent: XmlElement, name: 'Target' | 'Source'): { readonly uri: string; readonly name: string | undefined } | undefined {
  const location = findElement(parent, name);
  const uri = location && optionalText(location, 'LocURI');
  return location === undefined || uri === undefined ? undefined : { uri, name: optionalText(location, 'LocName') };
}

/** The items of a command. */
export function decodeItems(command: XmlElement): readonly SyncMlItem[] {
  return childElements(command, 'Item').map((item) => {
    const target = locationOf(item, 'Target')?.uri;
    const source = locationOf(item, 'Source')?.uri;
    const data = findElement(item, 'Data');
    const meta = decodeMeta(item);
    return {
      ...(target !== undefined && { target }),
      ...(source !== undefined && { source }),
      ...(meta && { meta }),
      ...(data && { data: valueOf(data) }),
      ...(findElement(item, 'MoreData') && { hasMoreData: true }),
    };
  });
}

/**
 * What stands in `Meta`, and beside it: Microsoft's example of a SyncType alert has an empty Meta and its Type next to it.
 *
 * @see https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm/83f89457-9f9d-442d-8bdb-e6a41cdb906b
 */
export function decodeMeta(parent: XmlElement): SyncMlMeta | undefined {
  const inside = findElement(parent, 'Meta');
  const read = (name: string): string | undefined => (inside && optionalText(inside, `{${metaNamespace}}${name}`)) ?? optionalText(parent, `{${metaNamespace}}${name}`);
  const number = (name: string): number | undefined => {
    const text = read(name);
    return text === undefined ? undefined : wholeNumber(text, name);
  };
  const found = {
    format: read('Format'), type: read('Type'), mark: read('Mark'), sizeBytes: number('Size'),
    nextNonce: read('NextNonce'), maxMessageBytes: number('MaxMsgSize'), maxObjectBytes: number('MaxObjSize'),
  };
  const known = Object.entries(found).filter(([, value]) => value !== undefined);
  return inside === undefined && known.length === 0 ? undefined : Object.fromEntries(known);
}

/** The value of a Data element. Markup in it, which Microsoft allows, is given as the text it would be when escaped. */
function valueOf(data: XmlElement): string {
  if (data.children.length === 0) return data.text;
  return data.content.map((part) => (typeof part === 'string' ? escapeXmlText(part) : writeXml(part, { declaration: false }))).join('');
}
