import { errorCodes, type SnapshotErrorCode } from './error-codes.ts';

// A registered symbol, so that the brand still holds when two copies of the package are installed.
const brand = Symbol.for('winre-kit/snapshot-error');

/**
 * The one error this package throws of its own. Aborts pass through unchanged.
 *
 * The message says what went wrong, with what, and what to do; `cause` holds the foreign error, where there is one.
 */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  /** Stable; see the table of codes. */
  readonly code: SnapshotErrorCode;

  constructor(code: SnapshotErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether the same call can succeed later without anybody changing anything. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }

  /** Works across copies of this package, where `instanceof` does not. */
  static isInstance(error: unknown): error is SnapshotError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
