const redacted = '«secret»';
const introduction = /(?<!\/)(?:password|keyMaterial)["']?\s*(?:=|:|>|&gt;)\s*/gi;
const openingQuote = /(?:&quot;|&apos;|&#3[49];|\\?["'])/y;
/** What no value reaches: passwords are printable ASCII on one line, and these elements come after or around it. */
const afterAttribute = /[\r\n]|(?:<|&lt;)\/?(?:WifiCredential|CloudRemediation|AutoRemediation|WindowsRE)/gi;
const afterContent = /(?:<|&lt;)\/(?:\w+:)?(?:password|keyMaterial)/gi;

/**
 * Takes the Wi-Fi password out of what `reagentc /getrecoverysettings` printed, before it is logged or uploaded.
 *
 * Works on text, not on XML, so it holds when the text is broken, unescaped, escaped once more or cut off at its end. It redacts too much rather than too little:
 * attributes that follow the password in its element go with it, and where the end of the value cannot be told, everything to the end of the line. Doing it twice changes nothing.
 *
 * @see https://learn.microsoft.com/windows/configuration/quick-machine-recovery
 */
export function redactRecoverySettings(text: string): string {
  // UTF-16 that somebody took for bytes has a zero after each letter.
  const source = text.replaceAll('\0', '');
  let kept = '';
  let at = 0;
  for (let match = next(introduction, source, 0); match !== null; match = next(introduction, source, at)) {
    const from = match.index + match[0].length;
    const quote = next(openingQuote, source, from)?.[0] ?? '';
    kept += `${source.slice(at, from)}${quote}${redacted}`;
    at = endOfValue(source, from + quote.length, quote, match[0]);
  }
  return kept + source.slice(at);
}

/** Where the value ends, before its closing quote or tag. */
function endOfValue(source: string, from: number, quote: string, introducedBy: string): number {
  const isContent = quote === '' && /(?:>|&gt;)\s*$/.test(introducedBy);
  const limit = next(isContent ? afterContent : afterAttribute, source, from)?.index ?? source.length;
  if (quote === '') return limit;
  // The tool may not escape quotes inside the value, so only the last one counts, with nothing behind it but the end of its tag.
  const last = source.slice(from, limit).lastIndexOf(quote);
  const isClosing = last >= 0 && /^(?:[\s/>,}\]]|&gt;)*$/.test(source.slice(from + last + quote.length, limit));
  return isClosing ? from + last : limit;
}

function next(pattern: RegExp, source: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(source);
}
