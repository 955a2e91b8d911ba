// A host as a program: `host-program.ts SETTINGS.json start|recover KEY [before-send|before-record]`. Prints one JSON line per thing that happened. Meant to be killed.
import { readFile } from 'node:fs/promises';
import { systemClock } from '@winre-kit/sdk/host';
import { openFaultHost, type FaultHostSettings } from './fault-host.ts';

const [settingsFile = '', mode = '', operationKey = '', holdAt = ''] = process.argv.slice(2);
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

async function holdOn(moment: string): Promise<void> {
  if (moment !== holdAt) return;
  say({ held: moment });
  // A timer without reference ends with the process, so something else has to keep it alive until it is killed.
  setInterval(() => {}, 2 ** 30);
  await new Promise(() => {});
}

const settings = JSON.parse(await readFile(settingsFile, 'utf8')) as FaultHostSettings;
const opened = await openFaultHost(settings, {
  onLog: (level, message, fields) => say({ level, message, fields }),
  wrapFetch: (fetch) => async (url, init) => {
    const isStart = init?.method === 'POST' && String(url).endsWith('/operations');
    if (isStart) await holdOn('before-send');
    const response = await fetch(url, init);
    if (isStart) await holdOn('before-record');
    return response;
  },
});
const alive = setInterval(() => {}, 2 ** 30);
const { host } = opened;
const signal = AbortSignal.timeout(60_000);
say({ pid: process.pid, at: systemClock.now() });
if (mode === 'start') await host.start(operationKey, { signal });
else say({ recovered: await host.recover({ signal }) });
for await (const { state } of host.watch(operationKey, { signal })) say({ state });
const { state, reason } = await host.operations.get(operationKey);
say({ ended: state, reason });
clearInterval(alive);
await opened[Symbol.asyncDispose]();
