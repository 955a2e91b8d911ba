/**
 * Reads a request's body, never more than the limit and a chunk.
 *
 * @returns nothing when it is longer; the rest is not read
 */
export async function readBoundedBody(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const announced = request.headers.get('content-length');
  if (Number(announced ?? 0) > maxBytes) return undefined;
  if (announced !== null) {
    // HTTP lets no more come than was announced. Without a stream around it this is a good deal cheaper.
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.length > maxBytes ? undefined : whole;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body = request.body as ReadableStream<Uint8Array> | null;
  if (body === null) return new Uint8Array();
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
