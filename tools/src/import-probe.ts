/**
 * Imports one module in a process of its own and prints, as JSON on the last line, what the import did.
 * Started by the import hygiene test as `node --permission … import-probe.ts <specifier or path>`: under the permission
 * model Node itself refuses file writes, sockets, child processes and workers; the hooks here see the rest.
 */
import { createHook } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

/** What an import left behind or looked at. Empty lists are what the project promises. */
export interface ImportTrace {
  readonly environmentReads: readonly string[];
  readonly resources: readonly string[];
  readonly processListeners: readonly string[];
  readonly output: readonly string[];
  readonly refused: readonly string[];
  /** Exported classes derived from `Error` that no `isInstance` speaks for, or whose `isInstance` says yes to any error. */
  readonly unbrandedErrors: readonly string[];
}

const lastingResources = /^(Timeout|Immediate|TCP|UDP|PIPE|PIPEWRAP|PROCESSWRAP|WORKER|FSEVENTWRAP|STATWATCHER|SIGNALWRAP|TTYWRAP|TLSWRAP|HTTP)/;

/** Only code of the workspace or of a dependency counts; Node reads the environment for itself, too. */
function isCalledByNode(): boolean {
  const callers = new Error('where from').stack?.split('\n').slice(1) ?? [];
  const caller = callers.find((line) => !line.includes('import-probe') && !/\bReflect\.|at Proxy\b/.test(line));
  return caller === undefined || caller.includes('node:internal');
}

async function traceImport(specifier: string): Promise<ImportTrace> {
  const trace = { environmentReads: [] as string[], resources: [] as string[], output: [] as string[], refused: [] as string[] };
  const note = (key: string | symbol): void => {
    if (!isCalledByNode()) trace.environmentReads.push(String(key));
  };
  const environment = process.env;
  const listenersBefore = new Set(process.eventNames());
  void process.stdin; // `import 'node:process'` opens it, which would otherwise look like a pipe of the entry
  const writeOut = process.stdout.write.bind(process.stdout);
  process.env = new Proxy(environment, {
    get: (target, key) => (note(key), Reflect.get(target, key) as string | undefined),
    has: (target, key) => (note(key), Reflect.has(target, key)),
    set: (target, key, value) => (note(key), Reflect.set(target, key, value)),
    ownKeys: (target) => (note('every variable'), Reflect.ownKeys(target)),
  });
  syncBuiltinESMExports(); // so that `import { env } from 'node:process'` gets the watched one
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (text: string | Uint8Array): boolean => (trace.output.push(String(text)), true);
  }
  const hook = createHook({ init: (_id, type) => void (lastingResources.test(type) && trace.resources.push(type)) }).enable();
  let exported: Record<string, unknown> = {};
  try {
    exported = (await import(specifier)) as Record<string, unknown>;
  } catch (error) {
    trace.refused.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await Promise.resolve();
  hook.disable();
  process.env = environment;
  process.stdout.write = writeOut;
  return {
    ...trace,
    processListeners: process.eventNames().filter((name) => !listenersBefore.has(name)).map(String),
    unbrandedErrors: Object.entries(exported).flatMap(([name, value]) => (isErrorClass(value) && !isBranded(value) ? [name] : [])),
  };
}

function isErrorClass(value: unknown): value is typeof Error {
  return typeof value === 'function' && value.prototype instanceof Error;
}

function isBranded(errorClass: typeof Error): boolean {
  const isInstance: unknown = Reflect.get(errorClass, 'isInstance');
  return typeof isInstance === 'function' && isInstance.call(errorClass, new Error('not one of ours')) === false;
}

if (import.meta.main) console.log(JSON.stringify(await traceImport(process.argv[2] ?? '')));
