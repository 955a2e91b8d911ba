/** Run in a process of its own, beside others on the same repository: does one thing, saying `ready` before and a JSON line with what came of it. */
import { once } from 'node:events';

const [verb = '', repositoryPath = '', subject = '', id = '', waitAtMostMs = '0'] = process.argv.slice(2);
const { openFileVolume, openRepository, repairRepository, rollback, takeSnapshot, SnapshotError } = await import('../../src/index.ts');

const lease = { waitAtMostMs: Number(waitAtMostMs) };

/** Says that it is at work, and goes on when its standard input ends. */
async function* slowStream(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield new Uint8Array(Buffer.from('first half, '));
  process.stdout.write('ready\n');
  process.stdin.resume();
  await once(process.stdin, 'end');
  yield new Uint8Array(Buffer.from('second half'));
}

async function rollImageBack(): Promise<unknown> {
  const volume = await openFileVolume(subject);
  try {
    return await rollback(await openRepository({ path: repositoryPath }), id, volume, { operationId: String(process.pid), workers: 2, lease });
  } finally {
    await volume.close();
  }
}

const works: Record<string, () => Promise<unknown>> = {
  'slow-snapshot': async () => takeSnapshot(await openRepository({ path: repositoryPath }), { kind: 'stream', stream: slowStream(), description: 'slow' }),
  snapshot: async () => takeSnapshot(await openRepository({ path: repositoryPath }), { kind: 'directory', path: subject }, { lease }),
  prune: async () => (await openRepository({ path: repositoryPath })).prune({ graceMs: 0, ...lease }),
  repair: () => repairRepository({ path: repositoryPath, ...lease }),
  rollback: async () => rollback(await openRepository({ path: repositoryPath }), id, subject, { operationId: String(process.pid), lease }),
  'rollback-image': rollImageBack,
};

if (verb !== 'slow-snapshot') process.stdout.write('ready\n');
try {
  await works[verb]?.();
  process.stdout.write(`${JSON.stringify({ code: 'done' })}\n`);
} catch (error) {
  if (!SnapshotError.isInstance(error)) throw error;
  process.stdout.write(`${JSON.stringify({ code: error.code, message: error.message })}\n`);
}
process.stdin.destroy();
