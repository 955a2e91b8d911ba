import { RecoveryError } from '@winre-kit/sdk';

/**
 * The body of a request, as long as it stays under the limit; reading stops there.
 *
 * @throws {RecoveryError} `resource-exhausted`
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): RecoveryError => new RecoveryError('resource-exhausted', `the body is larger than ${maxBytes} bytes`, { retry: 'never-unchanged', facts: { maxBytes } });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > maxBytes) throw tooLarge();
    parts.push(part);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}

/** @throws {RecoveryError} `invalid-argument` */
export function parseJsonBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new RecoveryError('invalid-argument', 'body: expected JSON in UTF-8', { cause, fieldPath: 'body' });
  }
}
