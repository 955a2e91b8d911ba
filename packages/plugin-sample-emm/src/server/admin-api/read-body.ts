import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import type { Context } from 'hono';
import type { z } from 'zod';

const maxBodyBytes = 24 * 1_048_576;

/** Reads a request body of at most 24 MiB and parses it. @throws {RecoveryError} `invalid-argument` naming the field */
export async function readBody<Schema extends z.ZodType>(context: Context, schema: Schema, what: string): Promise<z.output<Schema>> {
  const tooLarge = (): RecoveryError => new RecoveryError('invalid-argument', `${what}: expected a body of at most ${maxBodyBytes} bytes`);
  if (Number(context.req.header('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    // The parser's own message would quote the body, which may hold a secret.
    throw new RecoveryError('invalid-argument', `${what}: expected a JSON body`, { cause: (cause as Error).name });
  }
  return parseOrThrow(schema, value, what);
}
