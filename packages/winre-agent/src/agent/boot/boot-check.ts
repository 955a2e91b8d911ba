import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { instantAt, RecoveryError, type Clock } from '@winre-kit/sdk';
import type { Platform } from '../../platform/platform.ts';
import type { AgentSettings } from '../agent-settings.ts';
import { runChild } from '../processes/run-child.ts';

/** Whether the volume boots, and what was seen. */
export interface BootCheckVerdict {
  readonly state: 'passed' | 'failed';
  readonly detail: string;
  readonly exitCode?: number;
  /** By the device's own clock. */
  readonly observedAt: string;
}

/**
 * Finds out whether the volume boots: runs its own program, or compares its files with their list of digests.
 * Whatever goes wrong is a failed check, never a rejection; only an abort is passed on.
 */
export async function checkBoot(lent: { readonly platform: Platform; readonly clock: Clock }, settings: AgentSettings['bootCheck'], signal: AbortSignal): Promise<BootCheckVerdict> {
  const observe = (state: BootCheckVerdict['state'], detail: string, exitCode?: number): BootCheckVerdict => ({ state, detail, ...(exitCode !== undefined && { exitCode }), observedAt: instantAt(lent.clock.now()) });
  try {
    const root = await lent.platform.volume.root();
    const [fileName, ...programArguments] = settings.program ?? [];
    if (fileName === undefined) {
      const difference = await compareWithDigests(root, resolve(root, settings.manifestFile ?? ''), signal);
      return difference === undefined ? observe('passed', 'every file is as listed') : observe('failed', difference);
    }
    const result = await runChild({ clock: lent.clock, rules: lent.platform.processRules }, { fileName, arguments: programArguments, folder: root, timeoutMs: settings.timeoutMs, maxOutputBytes: 4_096, signal });
    if (result.timedOut) return observe('failed', `${fileName} did not end within ${settings.timeoutMs} ms`);
    const said = (result.stderr.text || result.stdout.text).trim().split('\n')[0] ?? '';
    return result.exitCode === 0 ? observe('passed', `${fileName} ended with 0`, 0) : observe('failed', `${fileName} ended with ${result.exitCode ?? 'a signal'}: ${said.slice(0, 200)}`, result.exitCode);
  } catch (error) {
    signal.throwIfAborted();
    return observe('failed', (error as Error).message);
  }
}

/** The first difference between files and their digests; undefined when there is none. */
async function compareWithDigests(root: string, manifestFile: string, signal: AbortSignal): Promise<string | undefined> {
  const inside = `${await realpath(root)}${sep}`;
  if (!(await stat(manifestFile)).isFile()) return `${manifestFile} is not a file`;
  // What lies on the volume is anybody's: a pipe, or a link to something endless, must not keep the device from ever starting its recovery.
  const fileAt = async (path: string): Promise<string | undefined> => {
    const real = await realpath(resolve(root, path)).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error)));
    return real?.startsWith(inside) && (await stat(real)).isFile() ? real : undefined;
  };
  const lines = (await readFile(manifestFile, { encoding: 'utf8', signal })).split('\n').filter((line) => line !== '');
  for (const line of lines) {
    const [, expected, path] = /^([0-9a-f]{64})[ ][ *](.+)$/.exec(line) ?? [];
    if (expected === undefined || path === undefined) throw new RecoveryError('invalid-config', `${manifestFile}: expected lines of sha256sum, got ${JSON.stringify(line.slice(0, 80))}`);
    const file = await fileAt(path);
    if (file === undefined) return `${path} is missing`;
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash, { signal });
    if (hash.digest('hex') !== expected) return `${path} is not as listed`;
  }
  return lines.length === 0 ? `${manifestFile} lists no file` : undefined;
}
