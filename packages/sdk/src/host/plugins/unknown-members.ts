/** What a reply said that its parsed form does not: members that were dropped, and enum words that became `unknown`, by dotted path. */
export function unknownMembersOf(reply: unknown, parsed: unknown, path = ''): Readonly<Record<string, unknown>> {
  if (typeof reply === 'string' && parsed === 'unknown' && reply !== parsed) return { [path]: reply };
  if (!isPlain(reply) || !isPlain(parsed)) return {};
  const within = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const found = Object.entries(reply).map(([name, member]) => {
    if (member === undefined) return {};
    return Object.hasOwn(parsed, name) ? unknownMembersOf(member, parsed[name], within(name)) : { [within(name)]: member };
  });
  return Object.assign({}, ...found) as Record<string, unknown>;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
