import { RecoveryError } from '@winre-kit/sdk';
import type { Context } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';

/**
 * A long response with one JSON value a line (`application/x-ndjson`). A blank line goes out first, so that the caller has its headers at once.
 * The source is pulled only as fast as the caller reads; its signal ends with the caller and with the server. The response then just ends: whoever
 * reads it resumes behind the last line.
 */
export function streamJsonLines(context: Context<AdminEnvironment>, { closing, tokens }: Pick<AdminServices, 'closing' | 'tokens'>, open: (signal: AbortSignal) => AsyncIterable<unknown>): Response {
  const { tokenId } = context.get('caller');
  const encoder = new TextEncoder();
  const left = new AbortController();
  const iterator = open(AbortSignal.any([left.signal, closing]))[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode('\n')),
      async pull(controller) {
        try {
          const next = await iterator.next();
          // A token that was revoked since is good for nothing more.
          if (next.done || !tokens.isValid(tokenId)) {
            left.abort(new RecoveryError('cancelled', 'the stream is over'));
            controller.close();
          }
          else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
        } catch {
          controller.close();
        }
      },
      cancel: () => left.abort(new RecoveryError('cancelled', 'the caller went away')),
    },
    { highWaterMark: 1 },
  );
  return context.body(body, 200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
}
