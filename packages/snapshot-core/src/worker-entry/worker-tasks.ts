import { describeRegionTask, rebuildRegionTask, searchBaseTask } from '../delta/delta-tasks.ts';
import { flushEngineTask, followIndexTask, openEngineTask } from '../snapshot/engine/worker-engine.ts';
import { takeRegionTask } from '../snapshot/region/take-region-task.ts';
import type { AnyTask } from '../worker-pool/worker-task.ts';

/** Every task that can run in a worker thread. */
export const workerTasks: readonly AnyTask[] = [openEngineTask, flushEngineTask, followIndexTask, takeRegionTask, describeRegionTask, searchBaseTask, rebuildRegionTask];
