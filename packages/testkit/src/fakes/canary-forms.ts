/** How a secret may look when it got out. */
export type CanaryForm = 'plain' | 'utf-16' | 'base64' | 'base64-utf-16' | 'hex' | 'url-encoded' | 'json-escaped' | 'xml-escaped' | 'inspected';

/** Every form of a value as the bytes to look for. A form that equals an earlier one is left out. */
export function canaryForms(value: string): ReadonlyMap<string, CanaryForm> {
  const utf8 = Buffer.from(value, 'utf8');
  const utf16 = Buffer.from(value, 'utf16le');
  const json = JSON.stringify(value).slice(1, -1);
  const forms = new Map<string, CanaryForm>();
  const add = (form: CanaryForm, ...texts: readonly string[]): void => {
    for (const text of texts) if (text !== '' && !forms.has(text)) forms.set(text, form);
  };
  const binary = (bytes: Buffer): string => bytes.toString('latin1');
  const text = (form: string): string => binary(Buffer.from(form, 'utf8'));
  add('plain', binary(utf8));
  add('utf-16', binary(utf16));
  add('base64', ...base64Cores(utf8));
  add('base64-utf-16', ...base64Cores(utf16));
  add('hex', utf8.toString('hex'), utf8.toString('hex').toUpperCase());
  add('url-encoded', encodeURIComponent(value), encodeURI(value), new URLSearchParams({ v: value }).toString().slice(2));
  add('json-escaped', text(json), text(JSON.stringify(json).slice(1, -1)));
  add('xml-escaped', text(escapeXml(value)), text(escapeXml(value).replaceAll('&quot;', '"')));
  add('inspected', text(value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")));
  return forms;
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The characters that stand in base64 wherever the value begins in the encoded bytes: three alignments, in both alphabets. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    const first = Math.ceil((shift * 8) / 6);
    const core = encoded.slice(first, Math.floor(((shift + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
