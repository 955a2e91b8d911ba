import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { generateSigningKey } from '@winre-kit/sdk';
import { createAuditLog, createFileAuditStore, createFileJournal, systemClock, verifyAuditExport } from '@winre-kit/sdk/host';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTinyVendor, type TinyVendor } from './tiny-vendor.ts';

let folder: string;
let vendor: TinyVendor;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-sigkill-'));
  await writeFile(join(folder, 'approver.json'), JSON.stringify(await generateSigningKey()));
  vendor = await startTinyVendor();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await vendor[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface RunningHost {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** The first line with this member. */
  line(member: string): Promise<unknown>;
}

function startHost(mode: 'start' | 'recover', pauseAt = 'nowhere'): RunningHost {
  const program = fileURLToPath(new URL('./host-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', '--conditions=@winre-kit/source', program, folder, vendor.url, mode, pauseAt], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  const wakes = new Set<() => void>();
  let problems = '';
  let isOver = false;
  child.stderr.on('data', (chunk: Buffer) => void (problems += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    for (const wake of wakes) wake();
  });
  const ended = new Promise((resolve) => child.on('close', () => {
    isOver = true;
    for (const wake of wakes) wake();
    resolve(child.signalCode ?? child.exitCode);
  }));
  const line = (member: string): Promise<unknown> => new Promise((resolve, reject) => {
    const look = (): void => {
      const found = lines.find((candidate) => member in candidate);
      if (found) resolve(found[member]);
      else if (isOver) reject(new Error(`the host ended without saying ${member}: ${problems}${JSON.stringify(lines)}`));
      else return;
      wakes.delete(look);
    };
    wakes.add(look);
    look();
  });
  return { child, ended, line };
}

async function killAt(moment: 'before-send' | 'while-waiting' | 'before-record'): Promise<void> {
  vendor.holdReplies = moment === 'while-waiting';
  const arrived = vendor.nextRequest();
  const first = startHost('start', moment);
  await (moment === 'while-waiting' ? arrived : first.line('paused'));
  first.child.kill('SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  vendor.holdReplies = false;
}

describe('a host killed in the middle of a destructive operation: the next start ends with exactly one effect', () => {
  test.each([
    ['before-send', 0],
    ['while-waiting', 1],
    ['before-record', 1],
  ] as const)('killed %s', async (moment, effectsBefore) => {
    await killAt(moment);
    expect(vendor.effects.get('key-1') ?? 0).toBe(effectsBefore);

    const second = startHost('recover');
    expect(await second.line('ended')).toBe('succeeded');
    expect(await second.ended).toBe(0);
    expect(await second.line('recovered')).toMatchObject([{ operationKey: 'key-1', before: 'dispatching' }]);
    expect(vendor.effects.get('key-1')).toBe(1);
    expect(vendor.requests).toBe(1);

    const audit = await createAuditLog({ store: await createFileAuditStore(join(folder, 'audit')), clock: systemClock });
    const bundle = await audit.exportAudit();
    expect(await verifyAuditExport(bundle)).toMatchObject({ ok: true });
    const kinds = bundle.entries.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'operation.dispatch')).toHaveLength(effectsBefore === 0 ? 2 : 1);
    expect(kinds).toContain('operation.reconciled');
    await audit.close();
  });
});

test('a second host cannot write to the journal of a living one, but to that of a dead one', async () => {
  const first = startHost('start', 'before-send');
  await first.line('paused');
  await expect(createFileJournal(join(folder, 'journal'))).rejects.toMatchObject({ code: 'conflict', facts: { pid: first.child.pid } });
  first.child.kill('SIGKILL');
  await first.ended;
  await (await createFileJournal(join(folder, 'journal'))).close();
});
