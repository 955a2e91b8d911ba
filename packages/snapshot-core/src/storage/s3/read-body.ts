import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { addAbortSignal, Readable } from 'node:stream';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import type { StorageCallOptions } from '../storage.ts';

/** Bytes that were asked for, both ends included. */
export interface AskedRange {
  readonly offset: number;
  readonly last: number;
}

/**
 * Reads the answer to a GET into memory, never more than was asked for.
 *
 * A server that ignores `Range` answers with everything, which is cut. A body shorter than its
 * announced length fails the stream, so that what broke on the way is never taken for a file that ends early.
 *
 * @throws {SnapshotError} `storage/failed` when the answer is not what was asked for; else the stream's own error
 */
export async function readBody(answer: Pick<GetObjectCommandOutput, 'Body' | 'ContentRange'>, range: AskedRange | undefined, call?: StorageCallOptions): Promise<Uint8Array> {
  const { Body: body, ContentRange: contentRange } = answer;
  if (!(body instanceof Readable)) throw new SnapshotError('storage/failed', 'the S3 client gave no stream to read from; it must be one for Node');
  const skippedBytes = range === undefined ? 0 : range.offset - startOf(contentRange);
  const wantedBytes = range === undefined ? Number.POSITIVE_INFINITY : range.last - range.offset + 1;
  if (skippedBytes < 0) {
    body.destroy();
    throw new SnapshotError('storage/failed', `the S3 server answered a request for the bytes from ${range?.offset} with ${contentRange}`);
  }
  if (call?.signal !== undefined) addAbortSignal(call.signal, body);
  const pieces: Uint8Array[] = [];
  let readBytes = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    readBytes += piece.length;
    // Leaving early closes the connection, so only what is too much ends it: whatever was asked for is read to its end.
    if (readBytes > skippedBytes + wantedBytes) break;
  }
  const whole = new Uint8Array(readBytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return readBytes > wantedBytes || skippedBytes > 0 ? whole.slice(skippedBytes, skippedBytes + wantedBytes) : whole;
}

/** First byte of a `Content-Range`; 0 without one: then it is all there is. */
function startOf(contentRange: string | undefined): number {
  return Number(/^bytes (\d+)-/.exec(contentRange ?? '')?.[1] ?? 0);
}
