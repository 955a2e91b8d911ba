import { writeXml } from '../xml/write-xml.ts';
import type { XmlElement } from '../xml/xml-element.ts';

/**
 * Writes a network profile as Microsoft's samples do: the declaration names no encoding.
 *
 * A profile is handed on as text, within SyncML or to an API that takes UTF-16, where a named encoding would be wrong.
 */
export function writeProfile(root: XmlElement): string {
  return `<?xml version="1.0"?>${writeXml(root, { declaration: false })}`;
}
