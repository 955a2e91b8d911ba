import { parseXml, XmlCdata, XmlDocumentType, XmlElement, XmlProcessingInstruction, XmlText } from '@rgrove/parse-xml';
import { RecoveryError } from '@winre-kit/sdk';

/** An element as the client sees it: local name, resolved namespace, children in order. */
export interface MessageElement {
  readonly name: string;
  /** Empty when the element is in no namespace. */
  readonly namespace: string;
  /** By the name that was written, without declarations of namespaces. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly MessageElement[];
  /** The text directly inside, as it was written: nothing trimmed. */
  readonly text: string;
  /** Part of the text came from a CDATA section, which Windows does not take in SyncML data. */
  readonly hasCdata: boolean;
}

/**
 * Reads a whole document. A document type, a processing instruction and an undeclared prefix are refused, so no entity but the five of XML exists.
 *
 * @throws {RecoveryError} `invalid-argument` when the text is not well-formed or holds what is refused
 */
export function readMessageXml(text: string): MessageElement {
  let document;
  try {
    document = parseXml(text, { preserveCdata: true, preserveDocumentType: true });
  } catch (cause) {
    throw new RecoveryError('invalid-argument', 'the document is not well-formed XML', { cause });
  }
  for (const node of document.children) {
    if (node instanceof XmlDocumentType) throw new RecoveryError('invalid-argument', 'the document has a document type declaration; Windows messages have none');
    if (node instanceof XmlProcessingInstruction) throw new RecoveryError('invalid-argument', 'the document has a processing instruction; Windows messages have none');
  }
  if (!document.root) throw new RecoveryError('invalid-argument', 'the document has no element');
  return readElement(document.root, new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]));
}

function readElement(element: XmlElement, inherited: ReadonlyMap<string, string>): MessageElement {
  const prefixes = new Map(inherited);
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(element.attributes)) {
    if (name === 'xmlns') prefixes.set('', value);
    else if (name.startsWith('xmlns:')) prefixes.set(name.slice(6), value);
    else attributes[name] = value;
  }
  const [local, prefix] = splitName(element.name);
  const namespace = prefixes.get(prefix);
  if (namespace === undefined && prefix !== '') throw new RecoveryError('invalid-argument', `the prefix ${prefix} is not declared`);
  const children: MessageElement[] = [];
  let text = '';
  let hasCdata = false;
  for (const node of element.children) {
    if (node instanceof XmlElement) children.push(readElement(node, prefixes));
    else if (node instanceof XmlText) {
      text += node.text;
      hasCdata ||= node instanceof XmlCdata;
    }
  }
  return { name: local, namespace: namespace ?? '', attributes, children, text, hasCdata };
}

function splitName(name: string): [local: string, prefix: string] {
  const colon = name.indexOf(':');
  return colon < 0 ? [name, ''] : [name.slice(colon + 1), name.slice(0, colon)];
}
