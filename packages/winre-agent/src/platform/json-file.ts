import { readFile } from 'node:fs/promises';
import { parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import type { z } from 'zod';
import { writeFileDurably } from './write-file-durably.ts';

/** One small JSON document in a file, checked against a schema whenever it is read. Read it, or replace it as a whole. */
export interface JsonFile<Value> {
  /** Undefined when there is no file. @throws {RecoveryError} `data-loss` when the file is not what was written */
  read(): Promise<Value | undefined>;
  /** Durable when resolved; mode 0600. */
  write(value: Value): Promise<void>;
}

/** @param what names the document in messages, such as `device identity` */
export function jsonFile<Schema extends z.ZodType>(path: string, schema: Schema, what: string): JsonFile<z.output<Schema>> {
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (cause) {
        throw new RecoveryError('data-loss', `${what} in ${path} is not JSON: restore the file, or enrol the device again`, { cause });
      }
      return parseOrThrow(schema, value, `${what} in ${path}`, 'data-loss');
    },
    async write(value) {
      await writeFileDurably(path, `${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
