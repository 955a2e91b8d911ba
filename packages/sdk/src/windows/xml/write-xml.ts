import { RecoveryError } from '../../errors/recovery-error.ts';
import { splitName, type XmlElement } from './xml-element.ts';

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';
// No element is in these, and no attribute is in the second: it is how namespaces themselves are declared.
const reservedNamespaces: readonly string[] = [xmlNamespace, 'http://www.w3.org/2000/xmlns/'];
const startCharacters = 'A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c-\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}';
const namePattern = new RegExp(`^[${startCharacters}][${startCharacters}\\-.0-9\\u00b7\\u0300-\\u036f\\u203f-\\u2040]*$`, 'u');
const unwritable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' };

/** How a document is written. */
export interface WriteXmlOptions {
  /** Starts with `<?xml version="1.0" encoding="UTF-8"?>`. Default true; off for fragments that go into another document. */
  readonly declaration?: boolean;
}

/**
 * Writes an element and what is in it as one line of XML, with no CDATA and no white space of its own.
 *
 * An element's namespace is declared on it when it is not its parent's, as default; a namespace of attributes gets a prefix there.
 * `readXml(writeXml(tree))` gives the tree back.
 *
 * @throws {RecoveryError} `invalid-argument` for a character or name that XML 1.0 cannot carry; the message says where, never the text
 * @see https://www.w3.org/TR/xml/
 * @see https://www.w3.org/TR/xml-names/
 */
export function writeXml(root: XmlElement, options: WriteXmlOptions = {}): string {
  return (options.declaration === false ? '' : declaration) + writeElement(root, '');
}

/**
 * Escapes text for the inside of an element. A carriage return becomes a reference, or readers would turn it into a line feed.
 *
 * @throws {RecoveryError} `invalid-argument` for characters that XML 1.0 cannot carry
 * @see https://www.w3.org/TR/xml/
 */
export function escapeXmlText(text: string, where = 'text'): string {
  return writable(text, where).replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
}

function writeElement(element: XmlElement, inherited: string): string {
  const name = checkedName(element.name);
  if (reservedNamespaces.includes(element.namespace)) throw new RecoveryError('invalid-argument', `${name} is in a namespace that is reserved`);
  const declared = element.namespace === inherited ? '' : ` xmlns="${escapeAttribute(element.namespace, `the namespace of ${name}`)}"`;
  const start = name + declared + writeAttributes(element);
  if (element.content.length === 0) return `<${start}/>`;
  const inside = element.content.map((part) => (typeof part === 'string' ? escapeXmlText(part, name) : writeElement(part, element.namespace)));
  return `<${start}>${inside.join('')}</${name}>`;
}

function writeAttributes(element: XmlElement): string {
  const prefixes = new Map<string, string>([[xmlNamespace, 'xml']]);
  let written = '';
  for (const [key, value] of Object.entries(element.attributes)) {
    const [namespace, local] = splitName(key, '');
    if (namespace !== '' && !prefixes.has(namespace)) {
      if (reservedNamespaces.includes(namespace)) throw new RecoveryError('invalid-argument', `attribute ${local} is in a namespace that is reserved`);
      const prefix = `n${prefixes.size}`;
      prefixes.set(namespace, prefix);
      written += ` xmlns:${prefix}="${escapeAttribute(namespace, `the namespace of ${local}`)}"`;
    }
    const prefix = prefixes.get(namespace);
    const name = prefix === undefined ? checkedName(local) : `${prefix}:${checkedName(local)}`;
    written += ` ${name}="${escapeAttribute(value, `${element.name}/@${local}`)}"`;
  }
  return written;
}

function escapeAttribute(text: string, where: string): string {
  return writable(text, where).replace(/[&<>"\t\n\r]/g, (character) => escapes[character] ?? character);
}

function writable(text: string, where: string): string {
  if (unwritable.test(text)) throw new RecoveryError('invalid-argument', `XML cannot carry a character of ${where}`);
  return text;
}

function checkedName(name: string): string {
  if (namePattern.test(name) && name !== 'xmlns') return name;
  throw new RecoveryError('invalid-argument', 'a name of an XML element or attribute is not allowed');
}
