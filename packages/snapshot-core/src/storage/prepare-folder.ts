import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './write-durably.ts';

/** Makes a folder, and the folders it lies in, where they are missing; their names are as durable then as the files in them. */
export async function prepareFolder(path: string): Promise<void> {
  const firstCreated = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstCreated !== undefined) for (let made = path; made.length >= firstCreated.length; made = dirname(made)) await syncFolder(dirname(made));
}
