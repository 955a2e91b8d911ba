/** A condition of `$filter`. */
export type FilterTest = (entity: Readonly<Record<string, unknown>>) => boolean;

export type FilterVerdict = { readonly kind: 'test'; readonly test: FilterTest; readonly fields: readonly string[] } | { readonly kind: 'unreadable'; readonly reason: string };

const comparison = /^(\w+) (eq|ne|lt|le|gt|ge) (?:'((?:[^']|'')*)'|([\w.:+-]+))$/;
const call = /^(contains|startswith)\((\w+),\s*'((?:[^']|'')*)'\)$/i;

/**
 * Reads the part of OData's filter language that Intune takes: comparisons, `contains` and `startswith`, joined by `and`. Pure.
 *
 * Text compares without regard to case, as Graph does; the rest by its written form, which is right for ISO moments.
 */
export function readFilter(text: string): FilterVerdict {
  const tests: FilterTest[] = [];
  const fields: string[] = [];
  for (const part of splitByAnd(text)) {
    const compared = comparison.exec(part);
    const called = compared ? undefined : call.exec(part);
    const field = compared?.[1] ?? called?.[2];
    if (field === undefined) return { kind: 'unreadable', reason: `cannot read the condition "${part}"` };
    const wanted = (compared?.[3] ?? compared?.[4] ?? called?.[3] ?? '').replaceAll("''", "'").toLowerCase();
    const word = (compared?.[2] ?? called?.[1] ?? '').toLowerCase();
    fields.push(field);
    tests.push((entity) => judge(word, textOf(entity[field]), wanted));
  }
  return { kind: 'test', fields, test: (entity) => tests.every((test) => test(entity)) };
}

function judge(word: string, value: string, wanted: string): boolean {
  switch (word) {
    case 'eq': return value === wanted;
    case 'ne': return value !== wanted;
    case 'lt': return value < wanted;
    case 'le': return value <= wanted;
    case 'gt': return value > wanted;
    case 'ge': return value >= wanted;
    case 'contains': return value.includes(wanted);
    default: return value.startsWith(wanted);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : (JSON.stringify(value) ?? 'null');
}

/** Splits at ` and ` outside of quotes. */
function splitByAnd(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (const piece of text.split(' and ')) {
    part = part === '' ? piece : `${part} and ${piece}`;
    if ((part.split("'").length - 1) % 2 === 1) continue;
    parts.push(part.trim());
    part = '';
  }
  return part === '' ? parts : [...parts, part.trim()];
}
