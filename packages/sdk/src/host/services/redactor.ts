import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';

const redactedMark = '«secret»';

/** Shorter values cannot be told from ordinary text. */
const shortestSecret = 4;

/** Knows every secret value that was resolved in this process, and takes them out of whatever is about to be written. */
export interface Redactor {
  /** From now on this value, and its usual encodings, are replaced. */
  learn(value: string): void;
  redactText(text: string): string;
  /** A copy of a JSON-like value without the secrets, names of members included. The value itself when there is nothing to replace. */
  redactValue<Value>(value: Value): Value;
  /** Whether a value, as `util.inspect` would print it with causes and stacks, shows a secret. */
  reveals(value: unknown): boolean;
}

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const learned = new Set<string>();
  let longestFirst: string[] = [];

  const redactText = (text: string): string => {
    let clean = text;
    for (const form of longestFirst) clean = clean.replaceAll(form, redactedMark);
    return clean;
  };
  const redactAny = (value: unknown): unknown => {
    if (typeof value === 'string') return redactText(value);
    if (Array.isArray(value)) {
      const items = value.map(redactAny);
      return items.some((item, index) => item !== value[index]) ? items : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return value;
    const members = Object.entries(value).map(([name, member]) => [redactText(name), redactAny(member)] as const);
    const changed = Object.entries(value).some(([name, member], index) => members[index]?.[0] !== name || members[index]?.[1] !== member);
    return changed ? Object.fromEntries(members) : value;
  };

  return {
    learn(value) {
      if (value.length < shortestSecret) return;
      for (const form of formsOf(value)) learned.add(form);
      longestFirst = [...learned].toSorted((a, b) => b.length - a.length);
    },
    redactText,
    redactValue: (value) => redactAny(value) as typeof value,
    reveals(value) {
      if (longestFirst.length === 0) return false;
      const text = typeof value === 'string' ? value : inspect(value, { depth: 8, maxStringLength: null, maxArrayLength: 1_000, showHidden: true });
      return longestFirst.some((form) => text.includes(form));
    },
  };
}

/** The ways in which a value usually turns up in requests, logs and dumps. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const json = JSON.stringify(value).slice(1, -1);
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const hex = bytes.toString('hex');
  return [
    value, json, JSON.stringify(json).slice(1, -1), value.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
    encodeURIComponent(value), encodeURI(value), new URLSearchParams({ v: value }).toString().slice(2),
    xml, xml.replaceAll('"', '&quot;'), hex, hex.toUpperCase(),
    ...base64Cores(bytes), ...base64Cores(Buffer.from(value, 'utf16le')),
  ].filter((form) => form.length >= shortestSecret);
}

/** The characters that stand in base64 wherever the value begins in the encoded bytes, in both alphabets. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '');
    const core = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
