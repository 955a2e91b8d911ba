import { execFileSync } from 'node:child_process';
import { constants, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFileVolume } from '../src/index.ts';
import { scratchDirectory } from './support/scratch.ts';

/** Of the system. */
const loopProgram = 'losetup';
const deviceBytes = 4_194_304;

/** A block device over a file, or why there is none here: it needs root on Linux. */
function tryLoopDevice(): { readonly path: string } | { readonly whyNot: string } {
  const image = join(scratchDirectory(), 'disk');
  writeFileSync(image, '');
  truncateSync(image, deviceBytes);
  try {
    return { path: execFileSync(loopProgram, ['--find', '--show', image], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() };
  } catch (error) {
    return { whyNot: `no loop device can be had here: ${String(error).split('\n')[0] ?? ''}` };
  }
}

test('a device that something else has is not opened for writing, and is when it is free again', async (context) => {
  const device = tryLoopDevice();
  if ('whyNot' in device) return context.skip(device.whyNot);
  onTestFinished(() => void execFileSync(loopProgram, ['--detach', device.path]));
  // What a mounted file system does, an array, or swap.
  const holder = await open(device.path, constants.O_RDONLY | constants.O_EXCL);
  await expect(openFileVolume(device.path)).rejects.toMatchObject({ code: 'target/unusable' });
  await expect(openFileVolume(device.path, { resizeToBytes: deviceBytes })).rejects.toMatchObject({ code: 'target/unusable' });
  const reading = await openFileVolume(device.path, { readOnly: true });
  expect(reading.bytes).toBe(deviceBytes);
  await reading.close();
  await holder.close();
  const writing = await openFileVolume(device.path);
  await writing.write(0, Buffer.from('written'));
  await writing.close();
});
