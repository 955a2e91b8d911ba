import type { MessageElement } from './read-message-xml.ts';

/** The first child of that local name. */
export function childOf(element: MessageElement | undefined, name: string): MessageElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of that local name, without the space around it; undefined when there is no such child. */
export function textOf(element: MessageElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text.trim();
}

/** The first element of that local name at any depth, in document order. */
export function findDeep(element: MessageElement, name: string): MessageElement | undefined {
  if (element.name === name) return element;
  for (const child of element.children) {
    const found = findDeep(child, name);
    if (found) return found;
  }
  return undefined;
}
