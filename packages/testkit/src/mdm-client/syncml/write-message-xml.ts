/** Markup that is already XML, told apart from text that has to be escaped. */
export interface Markup {
  readonly xml: string;
}

/** An element with attributes and content. Strings are escaped; undefined content is left out, so optional children need no condition around them. */
export function tag(name: string, attributes: Readonly<Record<string, string>>, ...content: readonly (Markup | string | undefined)[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeText(value)}"`).join('');
  const inside = content.map((part) => (part === undefined ? '' : typeof part === 'string' ? escapeText(part) : part.xml)).join('');
  return { xml: inside === '' ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>` };
}

/** Carriage returns are written as references, or the reader at the other end would turn them into line feeds. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll('\r', '&#13;');
}
