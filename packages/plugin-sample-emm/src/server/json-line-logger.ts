import { instantAt, type Clock, type Logger } from '@winre-kit/sdk';

/** One JSON object a line. Of an error only kind and place are written: its text may quote what somebody sent. */
export function createJsonLineLogger(write: (line: string) => void, clock: Clock): Logger {
  const withoutText = (_name: string, value: unknown): unknown => {
    if (!(value instanceof Error)) return value;
    const { code } = value as { readonly code?: unknown };
    return { error: value.name, ...(typeof code === 'string' ? { code } : {}), at: value.stack?.split('\n').filter((line) => line.startsWith('    at ')).slice(0, 8) };
  };
  return {
    log(level, message, fields = {}) {
      write(`${JSON.stringify({ at: instantAt(clock.now()), level, message, ...fields }, withoutText)}\n`);
    },
  };
}
