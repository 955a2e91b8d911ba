import { STATUS_CODES } from 'node:http';
import type { SnapshotErrorCode } from '../../errors/error-codes.ts';
import { SnapshotError } from '../../errors/snapshot-error.ts';

/** What is known of a failed request, read from whatever was thrown. */
export interface S3Failure {
  /** The server's or the SDK's name for it, such as `NoSuchKey`. */
  readonly name: string;
  readonly message: string;
  /** HTTP status; absent when no answer arrived. */
  readonly status?: number;
  readonly requestId?: string;
}

const noRoom = /quota|storagefull|insufficientstorage|insufficientcapacity|storagelimit|entitytoolarge/i;
/** Refusals that are about who asks, not about what is asked. */
const badCredentials = /accesskey|signature|token|credential|skewed|authorization/i;

/** Reads the facts of a failure; keeps nothing of the request, whose headers carry a signature and perhaps a token. */
export function readS3Failure(cause: unknown): S3Failure {
  if (typeof cause !== 'object' || cause === null) return { name: 'Error', message: String(cause) };
  const { name, message, $metadata: metadata, code }: { name?: unknown; message?: unknown; $metadata?: unknown; code?: unknown } = cause;
  const { httpStatusCode, requestId }: { httpStatusCode?: unknown; requestId?: unknown } = typeof metadata === 'object' && metadata !== null ? metadata : {};
  // Answers to HEAD have no body, so the SDK knows nothing but the status.
  const phrase = typeof httpStatusCode === 'number' ? STATUS_CODES[httpStatusCode] : undefined;
  const isUnnamed = typeof name !== 'string' || ['Error', 'Unknown', 'UnknownError'].includes(name);
  return {
    name: isUnnamed ? (typeof code === 'string' ? code : (phrase ?? 'Error')) : name,
    message: typeof message === 'string' && !['', 'Unknown', 'UnknownError'].includes(message) ? message : (phrase ?? 'no reason given'),
    ...(typeof httpStatusCode === 'number' && { status: httpStatusCode }),
    ...(typeof requestId === 'string' && { requestId }),
  };
}

/** Whether a put may have been carried out although its answer did not say so. */
export function mayHaveBeenStored({ status }: S3Failure): boolean {
  return status === undefined || status === 412 || status === 409 || (status >= 500 && status !== 501);
}

/**
 * Names a failed request once, at the edge. Our own errors pass through unchanged, and an abort gives the signal's reason.
 *
 * The foreign error does not become the cause: it drags the request along, and with it what signs requests.
 *
 * @param what what was being done, with the address
 */
export function translateS3Error(what: string, direction: 'read' | 'write', cause: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (SnapshotError.isInstance(cause)) return cause;
  const failure = readS3Failure(cause);
  const { name, message, status, requestId } = failure;
  const facts = [status === undefined ? name : `${name}, status ${status}`, ...(requestId === undefined ? [] : [`request ${requestId}`])].join(', ');
  return new SnapshotError(codeOf(failure, direction), `${what}: ${message} (${facts})`);
}

function codeOf({ name, status }: S3Failure, direction: 'read' | 'write'): SnapshotErrorCode {
  if (name === 'NoSuchBucket') return 'storage/failed';
  if (status === 404 || name === 'NoSuchKey') return 'storage/not-found';
  if (direction === 'read') return 'storage/failed';
  if (status === 412) return 'storage/exists';
  if (status === 507 || status === 413 || noRoom.test(name)) return 'storage/full';
  if ((status === 403 || status === 405) && !badCredentials.test(name)) return 'storage/read-only';
  return 'storage/failed';
}
