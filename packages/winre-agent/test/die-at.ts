/**
 * Preloaded into an agent process: kills it with SIGKILL at a point that a test chooses. `DIE_AT_LEDGER_STEP=3`: right after the third ledger entry became
 * durable. `DIE_AT_VOLUME_WRITE=2`: right before the second change of a name or of bytes by the storage engine.
 */
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';

const die = (): void => void process.kill(process.pid, 'SIGKILL');

const ledgerStep = Number(process.env['DIE_AT_LEDGER_STEP'] ?? 0);
if (ledgerStep > 0) {
  const probe = await open(devNull, 'r');
  const handle = Object.getPrototypeOf(probe) as { datasync: (this: unknown) => Promise<void> };
  await probe.close();
  const { datasync } = handle;
  let steps = 0;
  handle.datasync = async function (this: unknown): Promise<void> {
    await datasync.call(this);
    steps += 1;
    if (steps === ledgerStep) {
      die();
      await new Promise(() => {});
    }
  };
}

const volumeWrite = Number(process.env['DIE_AT_VOLUME_WRITE'] ?? 0);
if (volumeWrite > 0) {
  let writes = 0;
  for (const name of ['writeSync', 'renameSync', 'unlinkSync'] as const) {
    const original = fs[name] as (...callArguments: unknown[]) => unknown;
    (fs as unknown as Record<string, unknown>)[name] = (...callArguments: unknown[]): unknown => {
      writes += 1;
      if (writes === volumeWrite) die();
      return original(...callArguments);
    };
  }
  syncBuiltinESMExports();
}
