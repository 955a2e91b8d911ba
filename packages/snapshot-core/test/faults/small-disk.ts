import { execFileSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, rmSync, rmdirSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Of the system. */
const programs = { mount: 'mount', unmount: 'umount' };

/** Why there is no small disk here, or `undefined` when there can be one: mounting needs root on Linux. */
export function whyNoSmallDisk(scratch: string): string | undefined {
  const probe = join(scratch, 'probe');
  mkdirSync(probe);
  try {
    mount(probe, 1);
    execFileSync(programs.unmount, [probe], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return `no tmpfs of its own can be mounted here: ${String(error).split('\n')[0] ?? ''}`;
  } finally {
    rmdirSync(probe);
  }
}

function mount(path: string, mebibytes: number): void {
  execFileSync(programs.mount, ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path], { stdio: 'ignore' });
}

/** A file system of its own with so much room, which goes away with the test. */
export interface SmallDisk {
  readonly path: string;
  /** Takes up room until only so many bytes are left. */
  readonly fillUpTo: (leftBytes: number) => void;
  /** Gives back what `fillUpTo` took. */
  readonly free: () => void;
}

export function mountSmallDisk(scratch: string, name: string, mebibytes: number): SmallDisk {
  const path = join(scratch, name);
  mkdirSync(path);
  mount(path, mebibytes);
  // Lazily: a test that failed may still have files open.
  onTestFinished(() => void execFileSync(programs.unmount, ['-l', path], { stdio: 'ignore' }));
  const ballast = join(path, 'ballast');
  return {
    path,
    fillUpTo(leftBytes) {
      const descriptor = openSync(ballast, 'a');
      try {
        for (let left = bytesLeft(path); left > leftBytes; left = bytesLeft(path)) writeSync(descriptor, new Uint8Array(Math.min(left - leftBytes, 262_144)));
      } finally {
        closeSync(descriptor);
      }
    },
    free: () => rmSync(ballast, { force: true }),
  };
}

function bytesLeft(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
