/** The bytes that hexadecimal text stands for, in memory of their own (`Buffer.from` alone lends a part of a shared pool). */
export function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
