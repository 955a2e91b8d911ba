/** Whether all of these bytes are zero; true for none. Pure; the reference of the kernel. */
export function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
