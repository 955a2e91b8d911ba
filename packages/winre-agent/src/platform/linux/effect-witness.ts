import { request } from 'node:http';
import { canonicalJson, RecoveryError } from '@winre-kit/sdk';
import type { DestructiveEffect } from '../platform.ts';

/**
 * Tells a witness on this machine that an execution is about to write, as one line of JSON.
 * It speaks over a socket of its own: the witness watches the machine and must hear of effects while the simulated network is down.
 *
 * @throws {RecoveryError} `unavailable` when the witness did not take it; nothing may be written then
 */
export async function recordAtWitness(url: string, effect: DestructiveEffect, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  const refuse = (detail: string, cause?: unknown): RecoveryError => new RecoveryError('unavailable', `the effect witness at ${url} did not take ${effect.executionId}: ${detail}`, { cause });
  const { executionId, operationKey, capability } = effect;
  await new Promise<void>((resolve, reject) => {
    const post = request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, timeout: 5_000, signal }, (response) => {
      response.resume();
      response.once('end', () => ((response.statusCode ?? 500) < 300 ? resolve() : reject(refuse(`status ${response.statusCode}`))));
      response.once('error', (error) => reject(refuse(error.message, error)));
    });
    post.once('timeout', () => post.destroy(refuse('no answer')));
    post.once('error', (error) => reject(signal.aborted ? (signal.reason as Error) : RecoveryError.isInstance(error) ? error : refuse(error.message, error)));
    post.end(`${canonicalJson({ executionId, operationKey, capability })}\n`);
  });
}
