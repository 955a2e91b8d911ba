/** Run in a process of its own: takes, restores and rolls back images while one of the threads ends at the n-th call it makes, and says what came of it. */
import { callsSoFar, startCounting } from './count-calls.ts';

const [repositoryPath = '', image = '', imageTarget = '', points = '1'] = process.argv.slice(2);
const { openFileVolume, openRepository, restoreImage, rollback, resumeRollback, takeSnapshot, SnapshotError } = await import('../../src/index.ts');
const workers = 2;

async function take(): Promise<void> {
  const source = await openFileVolume(image, { readOnly: true });
  try {
    await takeSnapshot(await openRepository({ path: repositoryPath }), { kind: 'volume', volume: source }, { workers });
  } finally {
    await source.close();
  }
}

async function onTarget(work: (volume: Awaited<ReturnType<typeof openFileVolume>>) => Promise<unknown>): Promise<void> {
  const target = await openFileVolume(imageTarget);
  try {
    await work(target);
  } finally {
    await target.close();
  }
}

const [first] = (await (await openRepository({ path: repositoryPath })).listSnapshots()).snapshots;
const id = first?.id ?? '';
const works: Record<string, () => Promise<void>> = {
  take,
  restore: () => onTarget(async (volume) => restoreImage(await openRepository({ path: repositoryPath }), id, volume, { workers })),
  rollback: () => onTarget(async (volume) => rollback(await openRepository({ path: repositoryPath }), id, volume, { operationId: 'x', workers })),
};

/** What came of one call. */
interface Outcome {
  readonly work: string;
  readonly stopAt: number;
  readonly code: string;
  readonly snapshotsBefore: number;
  readonly snapshotsAfter: number;
  readonly isIntact: boolean;
}

const outcomes: Outcome[] = [];
const countSnapshots = async () => (await (await openRepository({ path: repositoryPath })).listSnapshots()).snapshots.length;
for (const [work, run] of Object.entries(works)) {
  startCounting(0, 'thread');
  await run();
  const calls = callsSoFar();
  for (let point = 0; point < Number(points); point++) {
    const stopAt = 1 + Math.floor(((calls - 1) * (point + 0.5)) / Number(points));
    const snapshotsBefore = await countSnapshots();
    startCounting(stopAt, 'thread');
    const code = await run().then(() => 'done', (error: unknown) => (SnapshotError.isInstance(error) ? error.code : String(error)));
    startCounting(0, 'thread');
    const report = await (await openRepository({ path: repositoryPath })).check({ readData: true });
    outcomes.push({ work, stopAt, code, snapshotsBefore, snapshotsAfter: await countSnapshots(), isIntact: report.intact });
    if (work === 'rollback') await onTarget(async (volume) => resumeRollback(await openRepository({ path: repositoryPath }), volume, { workers }));
    else await run();
  }
}
process.stdout.write(JSON.stringify(outcomes));
