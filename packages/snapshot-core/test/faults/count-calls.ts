/**
 * Loaded before everything else in a child process and in each of its threads: counts calls into the file system, over all threads together, and ends
 * the process at the n-th that changes something, or the thread that makes the n-th at all.
 */
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { getEnvironmentData, isMainThread, setEnvironmentData, Worker, type WorkerOptions } from 'node:worker_threads';

const stateKey = 'count-calls';
const [callSlot, stopSlot, endSlot] = [0, 1, 2];

/** How the n-th call ends: the whole process, or the thread that makes it (the main thread is spared). */
export type CallEnd = 'process' | 'thread';

function sharedState(): Int32Array {
  const known = getEnvironmentData(stateKey);
  if (known instanceof Int32Array) return known;
  const made = new Int32Array(new SharedArrayBuffer(12));
  // Loading modules opens files too: only what comes after `startCounting` counts.
  made[callSlot] = -2_000_000_000;
  setEnvironmentData(stateKey, made);
  return made;
}

const state = sharedState();

/** From now on calls count. @param stopAt the call at which it ends; 0 for none */
export function startCounting(stopAt: number, end: CallEnd = 'process'): void {
  state[stopSlot] = stopAt;
  state[endSlot] = end === 'process' ? 0 : 1;
  Atomics.store(state, callSlot, 0);
}

/** Calls since then. */
export function callsSoFar(): number {
  return Atomics.load(state, callSlot);
}

function countCall(isRead: boolean): void {
  const ends = state[endSlot] === 0;
  // Between two writes nothing changes on the disk: a process may as well die at one of them.
  if (ends ? isRead : isMainThread) return;
  if (Atomics.add(state, callSlot, 1) + 1 !== state[stopSlot]) return;
  if (ends) process.kill(process.pid, 'SIGKILL');
  process.exit(1);
}

function counting(target: object, names: readonly string[], isRead = false): void {
  for (const name of names) {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== 'function') throw new TypeError(`${name} is not a function`);
    Reflect.set(target, name, function wrapped(this: unknown, ...values: unknown[]): unknown {
      countCall(isRead);
      const result: unknown = Reflect.apply(original, this, values);
      return result;
    });
  }
}

counting(fs, ['writeSync', 'renameSync', 'unlinkSync', 'rmdirSync', 'mkdirSync', 'symlinkSync', 'linkSync', 'ftruncateSync', 'chmodSync', 'utimesSync', 'fsyncSync', 'fdatasyncSync']);
counting(fs, ['openSync', 'readSync', 'readdirSync'], true);
counting(promises, ['rename', 'unlink', 'mkdir', 'rm', 'link']);
counting(promises, ['open', 'readdir', 'readFile'], true);
const handle = await promises.open(new URL(import.meta.url));
const prototype: unknown = Object.getPrototypeOf(handle);
await handle.close();
if (typeof prototype === 'object' && prototype !== null) {
  counting(prototype, ['write', 'writev', 'writeFile', 'sync', 'datasync']);
  counting(prototype, ['read'], true);
}

/** Threads count too; the pool starts them without the options of the process. */
class CountingWorker extends Worker {
  constructor(entry: string | URL, options?: WorkerOptions) {
    super(entry, { ...options, execArgv: [...process.execArgv, '--import', import.meta.url] });
  }
}

if (isMainThread) Reflect.set(workerThreads, 'Worker', CountingWorker);
syncBuiltinESMExports();
