import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import type { Context } from 'hono';
import type { z } from 'zod';

/** Enough for a package of 16 MiB in base64 with its manifest. */
const maxBodyBytes = 24 * 1_048_576;

/** Reads a request body and parses it. @throws {RecoveryError} `invalid-argument` naming the field; the body itself is never quoted */
export async function readBody<Schema extends z.ZodType>(context: Context, schema: Schema, what: string): Promise<z.output<Schema>> {
  const bytes = await readBytes(context, what);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new RecoveryError('invalid-argument', `${what}: expected a JSON body`, { fieldPath: '' });
  }
  return parseOrThrow(schema, value, what);
}

async function readBytes(context: Context, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body = context.req.raw.body as ReadableStream<Uint8Array> | null;
  if (body === null) return Buffer.alloc(0);
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new RecoveryError('invalid-argument', `${what}: expected a body of at most ${maxBodyBytes} bytes`, { fieldPath: '' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
