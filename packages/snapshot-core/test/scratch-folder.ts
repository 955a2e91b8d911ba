import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder that goes away with the test. */
export async function makeScratchFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'snapshot-core-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
