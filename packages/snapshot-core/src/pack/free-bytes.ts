/** Node lends memory of up to about 64 KiB to several buffers at once. */
const largeBytes = 131_072;

/**
 * Gives the memory behind bytes back at once, which a garbage collector would do 64 MiB later. Nothing may use the bytes, or others in
 * the same memory, afterwards. Memory that small buffers may share is left alone.
 */
export function freeBytes({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= largeBytes) buffer.transfer(0);
}
