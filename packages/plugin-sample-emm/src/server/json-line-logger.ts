import { instantAt, type Clock, type Logger } from '@winre-kit/sdk';

/** One JSON object a line. Fields come from the server's own code, which puts no secret into them. */
export function createJsonLineLogger(write: (line: string) => void, clock: Clock): Logger {
  return {
    log(level, message, fields = {}) {
      write(`${JSON.stringify({ at: instantAt(clock.now()), level, message, ...fields })}\n`);
    },
  };
}
