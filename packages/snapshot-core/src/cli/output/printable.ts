const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text that a terminal shows and does not obey: control characters as `\xNN`. Names and labels come from wherever the repository was. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => [...Buffer.from(character, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''));
}
