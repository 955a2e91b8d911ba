import { RecoveryError } from '@winre-kit/sdk';

/**
 * A long response with one JSON value a line (`application/x-ndjson`). An empty line goes out first, so that the caller has its headers at once.
 * The source is pulled only as fast as the caller reads, and is closed when the caller goes away. An error in mid-stream is its last line, `{ error }`.
 */
export function streamJsonLines(source: AsyncIterable<unknown>, correlationId: string): Response {
  const encoder = new TextEncoder();
  const iterator = source[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode('\n'));
      },
      async pull(controller) {
        try {
          const next = await iterator.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
        } catch (error) {
          const known = RecoveryError.isInstance(error) ? error.toJSON() : { code: 'unavailable', message: 'the stream ended: resume it' };
          controller.enqueue(encoder.encode(`${JSON.stringify({ error: known })}\n`));
          controller.close();
        }
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-request-id': correlationId } });
}
