import type { Logger } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { Redactor } from './redactor.ts';

/** A logger that no known secret passes. Errors become their message and code; binary data becomes its length. */
export function createRedactingLogger(logger: Logger, redactor: Redactor, always: Readonly<Record<string, unknown>> = {}): Logger {
  return {
    log(level, message, fields) {
      const plain = Object.fromEntries(Object.entries({ ...always, ...fields }).map(([name, value]) => [name, plainOf(value, 0)]));
      logger.log(level, redactor.redactText(message), redactor.redactValue(plain));
    },
  };
}

function plainOf(value: unknown, depth: number): unknown {
  if (RecoveryError.isInstance(value)) return value.toJSON();
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth > 8) return '…';
  if (Array.isArray(value)) return value.map((item) => plainOf(item, depth + 1));
  if (typeof value === 'object' && value !== null) {
    if ('toJSON' in value && typeof value.toJSON === 'function') return (value as { toJSON(): unknown }).toJSON();
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainOf(member, depth + 1)]));
  }
  return typeof value === 'function' || typeof value === 'symbol' ? typeof value : value;
}
