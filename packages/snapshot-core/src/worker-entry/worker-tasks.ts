import { describeRegionTask, rebuildRegionTask, searchBaseTask } from '../delta/delta-tasks.ts';
import { rollChunksTask, verifyChunksTask } from '../rollback/roll-chunks-task.ts';
import { flushEngineTask, followIndexTask, openEngineTask } from '../snapshot/engine/worker-engine.ts';
import { takeRegionTask } from '../snapshot/region/take-region-task.ts';
import { takeUnitTask } from '../snapshot/tree/take-unit-task.ts';
import { writeFilesTask } from '../snapshot/restore/write-files-task.ts';
import { writeChunksTask } from '../snapshot/window/write-chunks-task.ts';
import type { AnyTask } from '../worker-pool/worker-task.ts';

/** Every task that can run in a worker thread. */
export const workerTasks: readonly AnyTask[] = [
  openEngineTask, flushEngineTask, followIndexTask,
  takeRegionTask, takeUnitTask, writeFilesTask, writeChunksTask, rollChunksTask, verifyChunksTask,
  describeRegionTask, searchBaseTask, rebuildRegionTask,
];
