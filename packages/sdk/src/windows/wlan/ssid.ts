/** The bytes of an SSID as WLAN profiles have them: upper-case hexadecimal. */
export function ssidHex(ssid: string): string {
  return Array.from(new TextEncoder().encode(ssid), (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}

/** True for text that a person and an XML file keep as it is: no control characters, nothing unassigned, no space at an end. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/[\p{Cc}\p{Cn}]/u.test(text) && text.trim() === text;
}
