/**
 * A WLAN profile as a device gives it back: the key is encrypted for this machine. What stands there differs from the key and is the same every time.
 */
export function hideWlanKey(xml: string): string {
  return xml
    .replace(/(<(?:\w+:)?protected>)\s*false\s*(<)/, '$1true$2')
    .replace(/(<(?:\w+:)?keyMaterial>)([^]*?)(<\/(?:\w+:)?keyMaterial>)/, (_, open: string, material: string, close: string) => `${open}01000000D08C9DDF${fingerprintOf(material)}${close}`);
}

function fingerprintOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const unit of text) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0').toUpperCase().repeat(4);
}
