/**
 * The form in which names of people are compared: another case, surrounding space or another Unicode spelling makes nobody a second person.
 */
export function principalKeyOf(principal: string): string {
  return principal.normalize('NFKC').trim().toLowerCase();
}

/** Whether two names are the same person's. */
export function isSamePrincipal(one: string, other: string): boolean {
  return principalKeyOf(one) === principalKeyOf(other);
}
