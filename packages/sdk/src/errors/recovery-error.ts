import { errorCodes, type ErrorCode, type RetryAdvice } from './error-codes.table.ts';

const brand = Symbol.for('@winre-kit/sdk/recovery-error');

/** What the vendor's service said about a failed call, kept for its support desk. Never holds a secret. */
export interface VendorFault {
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
}

/** What a thrower knows beside code and message. */
export interface RecoveryErrorDetails {
  readonly cause?: unknown;
  /** Overrides the advice of the code's row, for a vendor that knows better. */
  readonly retry?: RetryAdvice;
  readonly retryAfterMs?: number;
  /** Dotted path of the offending field, such as `network.ssid`. */
  readonly fieldPath?: string;
  readonly vendor?: VendorFault;
  readonly correlationId?: string;
  /** Machine-readable facts about the failure: plain JSON, no secrets. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * The one error that SDK, host and plug-ins throw on purpose. Branch on `code`; show `message` to people.
 *
 * "The device ran it and it failed" is not an error but an operation in state `failed`.
 * Recognise it with {@link RecoveryError.isInstance}: `instanceof` fails when two copies of the SDK are installed.
 *
 * @see docs/design/plugin-contract.md#errors
 */
export class RecoveryError extends Error {
  override readonly name: string = 'RecoveryError';
  readonly code: ErrorCode;
  readonly retry: RetryAdvice;
  readonly retryAfterMs: number | undefined;
  readonly fieldPath: string | undefined;
  readonly vendor: VendorFault | undefined;
  readonly correlationId: string | undefined;
  readonly facts: Readonly<Record<string, unknown>> | undefined;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, details: RecoveryErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.retry = details.retry ?? errorCodes[code].retry;
    this.retryAfterMs = details.retryAfterMs;
    this.fieldPath = details.fieldPath;
    this.vendor = details.vendor;
    this.correlationId = details.correlationId;
    this.facts = details.facts;
  }

  /** True for errors of any installed copy of the SDK. */
  static isInstance(value: unknown): value is RecoveryError {
    return typeof value === 'object' && value !== null && (value as Record<PropertyKey, unknown>)[brand] === true;
  }

  /** The error as plain JSON for wires and journals; `cause` and stack stay behind because they may quote payloads. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, retry, retryAfterMs, fieldPath, vendor, correlationId, facts } = this;
    return JSON.parse(JSON.stringify({ name, code, message, retry, retryAfterMs, fieldPath, vendor, correlationId, facts })) as Record<string, unknown>;
  }
}
