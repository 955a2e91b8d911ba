/** Attribute values by name. A name in a namespace is written `{namespace}local`; declarations of namespaces are no attributes here. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** One element with its namespace resolved, as {@link readXml} returns it and {@link writeXml} takes it. */
export interface XmlElement {
  /** The name without prefix. */
  readonly name: string;
  /** Empty when the element is in no namespace. */
  readonly namespace: string;
  readonly attributes: XmlAttributes;
  /** Texts and elements in the order of the document; neighbouring texts are one, CDATA counts as text, comments are gone. */
  readonly content: readonly (XmlElement | string)[];
  /** The elements of `content`. */
  readonly children: readonly XmlElement[];
  /** The texts of `content` joined, untrimmed; text of descendants is not part of it. */
  readonly text: string;
}

/** Makes an element of one namespace; see {@link elementsIn}. Undefined contents are left out, so optional parts read well. */
export type MakeElement = (name: string, attributes?: XmlAttributes, ...content: readonly (XmlElement | string | undefined)[]) => XmlElement;

/**
 * Makes an element in no namespace, or in one when `name` is written `{namespace}local`.
 *
 * Nothing is checked here: {@link writeXml} refuses names and characters that XML cannot carry.
 * @see https://www.w3.org/TR/xml-names/
 */
export const element: MakeElement = (name, attributes = {}, ...content) => {
  const [namespace, local] = splitName(name, '');
  return buildElement(local, namespace, attributes, content);
};

/**
 * Gives an {@link element} function for one namespace, as `const soap = elementsIn('http://www.w3.org/2003/05/soap-envelope')`.
 * @see https://www.w3.org/TR/xml-names/
 */
export function elementsIn(namespace: string): MakeElement {
  return (name, attributes = {}, ...content) => buildElement(name, namespace, attributes, content);
}

/**
 * The elements directly inside that have this name: `local` in the namespace of `parent`, or `{namespace}local`.
 * @see https://www.w3.org/TR/xml-names/
 */
export function childElements(parent: XmlElement, name: string): readonly XmlElement[] {
  const [namespace, local] = splitName(name, parent.namespace);
  return parent.children.filter((child) => child.name === local && child.namespace === namespace);
}

/**
 * Follows names down from `parent`, taking the first match at each step; undefined when a step has none. Names as in {@link childElements}.
 * @see https://www.w3.org/TR/xml-names/
 */
export function findElement(parent: XmlElement, ...names: readonly string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>((found, name) => (found === undefined ? undefined : childElements(found, name)[0]), parent);
}

/** Splits `{namespace}local`; a name without braces is in `defaultNamespace`. */
export function splitName(name: string, defaultNamespace: string): readonly [namespace: string, local: string] {
  const end = name.startsWith('{') ? name.lastIndexOf('}') : -1;
  return end < 0 ? [defaultNamespace, name] : [name.slice(1, end), name.slice(end + 1)];
}

/** Puts an element together, with neighbouring texts joined and empty ones dropped. */
export function buildElement(name: string, namespace: string, attributes: XmlAttributes, parts: readonly (XmlElement | string | undefined)[]): XmlElement {
  const content: (XmlElement | string)[] = [];
  for (const part of parts) {
    const last = content.at(-1);
    if (part === undefined || part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') content[content.length - 1] = last + part;
    else content.push(part);
  }
  const children = content.filter((part) => typeof part !== 'string');
  return { name, namespace, attributes, content, children, text: content.filter((part) => typeof part === 'string').join('') };
}
