import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PluginStorage } from '../../contract/host-services.ts';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { jsonValueSchema } from '../../schemas/primitives.ts';
import { storedText } from './stored-text.ts';

const storedSchema = z.strictObject({ key: z.string(), value: jsonValueSchema });

/** Storage with one file per key in a folder, replaced as a whole and fsynced. Made if it is not there. */
export async function createFileStorage(folder: string): Promise<PluginStorage> {
  await mkdir(folder, { recursive: true });
  const pathOf = (key: string): string => join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.json`);
  let writes = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const inOrder = <Value>(write: () => Promise<Value>): Promise<Value> => {
    const done = queue.then(write);
    queue = done.catch(() => {});
    return done;
  };
  return {
    async get(key) {
      let text: string;
      try {
        text = await readFile(pathOf(key), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        return storedSchema.parse(JSON.parse(text)).value;
      } catch (cause) {
        throw new RecoveryError('data-loss', `storage: ${pathOf(key)} is damaged: delete it to start from nothing`, { cause });
      }
    },
    set(key, value) {
      storedText(key, value);
      return inOrder(async () => {
        writes += 1;
        const temporary = `${pathOf(key)}.${process.pid}-${writes}.new`;
        const file = await open(temporary, 'w', 0o600);
        try {
          await file.writeFile(JSON.stringify({ key, value }));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, pathOf(key));
      });
    },
    delete: (key) => inOrder(() => rm(pathOf(key), { force: true })),
  };
}
