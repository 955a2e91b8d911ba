import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '@winre-kit/sdk';

/** Writes each line as JSON to a file. The host has redacted it by then. */
export async function createFileLogger(path: string): Promise<Logger> {
  await mkdir(dirname(path), { recursive: true });
  let queue: Promise<void> = Promise.resolve();
  return {
    log(level, message, fields = {}) {
      const line = `${JSON.stringify({ level, message, fields })}\n`;
      queue = queue.then(() => appendFile(path, line)).catch(() => undefined);
    },
  };
}
