import { RecoveryError } from '../errors/recovery-error.ts';

/**
 * Reads a body as bytes, no more than `maxBytes` of it.
 *
 * @throws {RecoveryError} `data-loss` when fewer bytes came than the header announced, `resource-exhausted` when there are more than the limit
 * @throws the transport's error when the connection breaks
 */
export async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  if (response.body) {
    const reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > maxBytes) {
        await reader.cancel();
        throw new RecoveryError('resource-exhausted', `the reply is longer than ${maxBytes} bytes`);
      }
      parts.push(value);
    }
  }
  const announced = response.headers.get('content-length');
  if (announced !== null && !response.headers.has('content-encoding') && Number(announced) !== length) {
    throw new RecoveryError('data-loss', `the reply was cut: ${length} of ${announced} bytes came`);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
