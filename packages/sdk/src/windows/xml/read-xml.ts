import { SaxesParser } from 'saxes';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { buildElement, type XmlAttributes, type XmlElement } from './xml-element.ts';

/** Bounds on what is read, so that memory is bounded whatever arrives. */
export interface XmlLimits {
  /** Longest document, in bytes, or in UTF-16 units where text is given. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Deepest nesting; the root is at depth 1. Default 64. */
  readonly maxDepth?: number;
  /** Most elements and attributes in all. Default 20,000. */
  readonly maxNodes?: number;
}

const sliceLength = 65_536;
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';

interface OpenElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: XmlAttributes;
  readonly content: (XmlElement | string)[];
}

/**
 * Reads a whole XML document: version 1.0, UTF-8, namespaces resolved, well-formed to the letter.
 *
 * Any DOCTYPE is refused, so there are no entities to expand and nothing to fetch; processing instructions and other encodings are refused, too.
 * Refused input costs memory of the order of `maxBytes` at most. Error messages say where (`line:column`), never what stood there.
 *
 * @param input bytes, or text that was decoded already
 * @throws {RecoveryError} `invalid-argument` for everything that is refused
 * @see https://www.w3.org/TR/xml/
 */
export function readXml(input: Uint8Array | string, limits: XmlLimits = {}): XmlElement {
  const { maxBytes = 1_048_576, maxDepth = 64, maxNodes = 20_000 } = limits;
  if (input.length > maxBytes) throw refused(`longer than ${maxBytes} bytes`);
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  if (!text.isWellFormed()) throw refused('not valid Unicode');

  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;
  const refuse = (reason: string): never => {
    throw refused(`${reason} at ${parser.line}:${parser.column}`);
  };
  const countNode = (): void => {
    nodes += 1;
    if (nodes > maxNodes) refuse(`more than ${maxNodes} elements and attributes`);
  };

  // Its own words may quote the document, so they are dropped.
  parser.on('error', () => refuse('not well-formed'));
  parser.on('doctype', () => refuse('a DOCTYPE is not allowed'));
  parser.on('processinginstruction', () => refuse('a processing instruction is not allowed'));
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') refuse('expected XML version 1.0');
    if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') refuse('expected encoding UTF-8');
  });
  parser.on('attribute', countNode);
  parser.on('opentagstart', () => {
    countNode();
    if (open.length >= maxDepth) refuse(`nested deeper than ${maxDepth}`);
  });
  parser.on('opentag', (tag) => {
    const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
    for (const { uri, local, value } of Object.values(tag.attributes)) {
      if (uri !== xmlnsNamespace) attributes[uri === '' ? local : `{${uri}}${local}`] = value;
    }
    open.push({ name: tag.local, namespace: tag.uri, attributes, content: [] });
  });
  parser.on('text', (part) => open.at(-1)?.content.push(part));
  parser.on('cdata', (part) => open.at(-1)?.content.push(part));
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const finished = buildElement(closed.name, closed.namespace, closed.attributes, closed.content);
    const parent = open.at(-1);
    if (parent === undefined) root = finished;
    else parent.content.push(finished);
  });

  for (let at = 0; at < text.length; at += sliceLength) parser.write(text.slice(at, at + sliceLength));
  parser.close();
  return root ?? refuse('no element');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('not valid UTF-8');
  }
}

function refused(reason: string): RecoveryError {
  return new RecoveryError('invalid-argument', `XML was refused: ${reason}`);
}
