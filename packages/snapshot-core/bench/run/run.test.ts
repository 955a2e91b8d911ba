import { execPath } from 'node:process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../../test/support/scratch.ts';
import { differingBytes } from './compare-files.ts';
import { parseBenchOptions } from './parse-bench-options.ts';
import { runCommand } from './run-command.ts';

describe('running a command', () => {
  it('tells its time, its CPU time, its peak memory and what it said', async () => {
    const burn = 'const b = Buffer.alloc(2 ** 27, 1); while (process.cpuUsage().user < 2e5); console.log(b.length, process.argv[1], process.env.ADDED)';
    const { seconds, cpuSeconds, peakBytes, output } = await runCommand({ program: execPath, args: ['-e', burn, 'an argument'], environment: { ADDED: 'added' } });
    expect(output).toBe(`${2 ** 27} an argument added\n`);
    expect(seconds).toBeGreaterThan(0.1);
    expect(cpuSeconds).toBeGreaterThan(0.19);
    expect(peakBytes ?? (process.platform === 'linux' ? 0 : Infinity)).toBeGreaterThan(2 ** 27);
  });

  it('says what a command said that failed', async () => {
    await expect(runCommand({ program: execPath, args: ['-e', 'console.error("no such thing"); process.exit(3)'] })).rejects.toThrow(/status 3: no such thing/);
    await expect(runCommand({ program: 'no-such-program', args: [] })).rejects.toThrow(/status 127/);
  });
});

describe('comparing what was restored', () => {
  it('counts the blocks that differ, and what one file has more', () => {
    const folder = scratchDirectory();
    const write = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const bytes = new Uint8Array(5 << 20).fill(7);
    const changed = bytes.slice();
    changed[4095] = 1;
    changed[(4 << 20) + 4096] = 1;
    expect(differingBytes(write('a', bytes), write('b', bytes))).toBe(0);
    expect(differingBytes(write('a', bytes), write('b', changed))).toBe(8192);
    expect(differingBytes(write('a', bytes), write('b', bytes.subarray(0, -10)))).toBe(10);
  });
});

describe('options', () => {
  it('choose the scale', () => {
    expect(parseBenchOptions([])).toMatchObject({ scale: 'full', rounds: 3 });
    expect(parseBenchOptions(['--', '--quick', '--peers', 'restic,borg'])).toMatchObject({ scale: 'quick', rounds: 1, peers: ['restic', 'borg'] });
    expect(parseBenchOptions(['--quick', '--scale', 'tiny', '--rounds', '2'])).toMatchObject({ scale: 'tiny', rounds: 2 });
    expect(parseBenchOptions(['-h'])).toBe('help');
  });

  it('are refused by name', () => {
    expect(() => parseBenchOptions(['--scale', 'huge'])).toThrow(/huge; choose one of full, quick, tiny/);
    expect(() => parseBenchOptions(['--rounds', '0'])).toThrow(/--rounds/);
    expect(() => parseBenchOptions(['--fast'])).toThrow(/--fast/);
  });
});
