import type { z } from 'zod';
import { parseOrThrow } from '../errors/parse-or-throw.ts';
import { RecoveryError } from '../errors/recovery-error.ts';

/** Which stream to read, and how its events look. */
export interface EventStreamRequest<Schema extends z.ZodType> {
  /** The body of a reply in newline-delimited JSON. It is cancelled when the reader stops. */
  readonly body: ReadableStream<Uint8Array>;
  readonly schema: Schema;
  readonly signal: AbortSignal;
  /** Default 1 MiB. */
  readonly maxLineBytes?: number;
}

const newline = 0x0a;

/**
 * Yields the values of a stream, one line each; blank lines keep it alive and say nothing. Holds no more than one line and one chunk.
 *
 * @throws {RecoveryError} `unavailable` when the stream breaks or ends inside a line, `internal` for a line that is too long, not JSON or not of the schema
 * @throws the signal's reason when aborted
 */
export async function* readEventStream<Schema extends z.ZodType>({ body, schema, signal, maxLineBytes = 1_048_576 }: EventStreamRequest<Schema>): AsyncGenerator<z.output<Schema>, void, undefined> {
  signal.throwIfAborted();
  const reader = body.getReader();
  const onAbort = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  let parts: Uint8Array[] = [];
  let pendingBytes = 0;
  try {
    for (;;) {
      const chunk = await readChunk(reader, signal);
      if (chunk === undefined) break;
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const line = lineOf([...parts, chunk.subarray(start, end)], maxLineBytes);
        parts = [];
        pendingBytes = 0;
        start = end + 1;
        if (line === '') continue;
        yield parseOrThrow(schema, jsonOf(line), 'event stream', 'internal');
        signal.throwIfAborted();
      }
      if (start === chunk.length) continue;
      // Copied, because the producer may use its buffer again.
      parts.push(chunk.slice(start));
      pendingBytes += chunk.length - start;
      if (pendingBytes > maxLineBytes) throw tooLong(maxLineBytes);
    }
    if (pendingBytes > 0) throw new RecoveryError('unavailable', `event stream: it ended in the middle of a line, after ${pendingBytes} bytes of it`);
  } finally {
    signal.removeEventListener('abort', onAbort);
    await reader.cancel().catch(() => undefined);
  }
}

async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal): Promise<Uint8Array | undefined> {
  let result: { readonly done: boolean; readonly value?: Uint8Array | undefined };
  try {
    result = await reader.read();
  } catch (cause) {
    signal.throwIfAborted();
    throw RecoveryError.isInstance(cause) ? cause : new RecoveryError('unavailable', 'event stream: the connection broke', { cause });
  }
  signal.throwIfAborted();
  return result.done ? undefined : result.value;
}

/** Joins the parts before decoding, so that a character split between chunks stays whole. */
function lineOf(parts: readonly Uint8Array[], maxLineBytes: number): string {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > maxLineBytes) throw tooLong(maxLineBytes);
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    throw new RecoveryError('internal', 'event stream: a line is not UTF-8');
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // The parser's error quotes the line, which may hold more than a log should.
    throw new RecoveryError('internal', `event stream: a line of ${line.length} characters is not JSON`);
  }
}

function tooLong(maxLineBytes: number): RecoveryError {
  return new RecoveryError('internal', `event stream: a line is longer than ${maxLineBytes} bytes`);
}
